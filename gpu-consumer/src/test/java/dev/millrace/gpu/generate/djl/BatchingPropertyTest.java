package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.batch.PlannerCounts;
import dev.millrace.gpu.generate.batch.Pooling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that join, leave, are cancelled, give way to others and go on elsewhere get exactly the tokens that each gets
 * alone, and each text its vector: in float32, greedily and with a seed. {@code -Dbatching.seed=N} repeats one mix or takes another,
 * {@code -Dbatching.requests=N} takes more of them.
 */
class BatchingPropertyTest {

    private static final int CONTEXT = 192;
    private static final int BLOCK_TOKENS = 8;
    private static final long SEED = Long.getLong("batching.seed", 1);
    private static final int REQUESTS = Integer.getInteger("batching.requests", 15);
    private static final int CROWD = 10;
    private static final int TOKENS = 480;
    private static final int TOPICS = 3;
    private static final String SCHEMA = """
            {"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object",
            "properties":{"a":{"type":"integer"},"b":{"enum":["x","yes"]}},"required":["a","b"],
            "additionalProperties":false}}}""";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qwen2-untied-sharded",
                "qwen3",
                "qwen3-moe",
                "deepseek-r1-distill",
                "deepseek-v2-yarn",
                "deepseek-v3"
            })
    void everyRequestGetsWhatItGetsAlone(String checkpoint) throws IOException {
        Path directory = Path.of("src/test/resources/goldens/checkpoints", checkpoint);
        Random random = new Random(SEED);
        List<Asking> asked = asked(random);
        try (DjlGenerator alone = generator(directory, 64, 1, 4096)) {
            asked.stream().filter(Asking::staysToTheEnd).forEach(one -> one.runAlone(alone));
        }
        try (DjlGenerator first = generator(directory, 26, 6, 24);
                DjlGenerator second = generator(directory, 34, 4, 9)) {
            List<DjlGenerator> crowds = List.of(first, second);
            run(asked, crowds, random);
            assertThat(sum(crowds, PlannerCounts::preemptions))
                    .as("preemptions")
                    .isPositive();
            assertThat(sum(crowds, PlannerCounts::sharedTokens))
                    .as("prefix hits")
                    .isPositive();
            assertThat(sum(crowds, PlannerCounts::chunks))
                    .as("chunked prefills")
                    .isPositive();
        }
        assertThat(asked.stream().mapToInt(Asking::takeovers).sum())
                .as("takeovers")
                .isGreaterThan(5);
        assertThat(asked.stream().filter(Asking::isCancelled)).as("cancelled").isNotEmpty();
    }

    /**
     * Whoever goes on elsewhere may go to the other generator; new ones join while others are on their way, once the first
     * has all its choices side by side.
     */
    private static void run(List<Asking> asked, List<DjlGenerator> crowds, Random random) {
        Deque<Asking> toCome = new ArrayDeque<>(asked);
        List<Asking> running = new ArrayList<>();
        while (!toCome.isEmpty() || !running.isEmpty()) {
            if (!toCome.isEmpty() && running.size() < CROWD) {
                Asking next = toCome.removeFirst();
                next.start(crowds.get(random.nextInt(2)));
                if (running.isEmpty()) {
                    next.awaitBegun();
                }
                running.add(next);
            } else {
                Asking one = running.get(random.nextInt(running.size()));
                if (one.goOn(crowds.get(random.nextInt(2)))) {
                    running.remove(one);
                }
            }
        }
    }

    private static long sum(List<DjlGenerator> crowds, ToLongFunction<PlannerCounts> count) {
        return crowds.stream().map(DjlGenerator::counts).mapToLong(count).sum();
    }

    private static List<Asking> asked(Random random) {
        int[][] topics = new int[TOPICS][];
        Arrays.setAll(topics, i -> random.ints(40, 0, TOKENS).toArray());
        List<Asking> asked = new ArrayList<>();
        asked.add(new Asking(hungry(random), List.of(), false));
        asked.add(new Asking(leaving(), List.of(2), true));
        for (int i = 0; i < REQUESTS; i++) {
            List<Integer> cuts = random.ints(random.nextInt(3), 0, 20).boxed().toList();
            asked.add(new Asking(request("r" + i, topics, random), cuts, random.nextInt(6) == 0));
        }
        return asked;
    }

    /** Its choices have no room beside each other in either crowd, however the others come and go. */
    private static InferenceRequested hungry(Random random) {
        Sampling.Builder sampling = Sampling.newBuilder()
                .setSeed(random.nextLong())
                .setTemperature(1.0)
                .setChoices(3)
                .setMaxTokens(100)
                .setIgnoreEos(true);
        return Asked.completion("hungry", random.ints(20, 0, TOKENS).toArray(), sampling);
    }

    /** Some mixes have nobody else who is cancelled. */
    private static InferenceRequested leaving() {
        return Asked.completion(
                "leaving", new int[] {7, 8, 9}, Asked.greedy(100).setIgnoreEos(true));
    }

    private static InferenceRequested request(String id, int[][] topics, Random random) {
        Sampling.Builder sampling = sampling(random);
        if (random.nextInt(6) == 0) {
            String texts = IntStream.rangeClosed(0, random.nextInt(3))
                    .mapToObj(text -> Arrays.toString(
                            random.ints(1 + random.nextInt(90), 0, TOKENS).toArray()))
                    .collect(Collectors.joining(",", "{\"input\":[", "]}"));
            return Asked.request(id, RequestKind.EMBEDDING, texts, Asked.greedy(1), r -> {});
        }
        if (random.nextInt(5) == 0) {
            String prompt = "{\"messages\":[{\"role\":\"user\",\"content\":\"Say " + random.nextInt(TOPICS) + "\"}]}";
            boolean bound = random.nextBoolean();
            return Asked.request(
                    id, RequestKind.CHAT, prompt, sampling, r -> r.setResponseFormat(bound ? SCHEMA : null));
        }
        int[] prompt = Arrays.copyOf(topics[random.nextInt(TOPICS)], 3 + random.nextInt(60));
        for (int k = Math.min(prompt.length - 1, random.nextInt(41)); k < prompt.length; k++) {
            prompt[k] = random.nextInt(TOKENS);
        }
        return Asked.completion(id, prompt, sampling);
    }

    private static Sampling.Builder sampling(Random random) {
        Sampling.Builder sampling = Sampling.newBuilder()
                .setSeed(random.nextLong())
                .setMaxTokens(2 + random.nextInt(58))
                .setIgnoreEos(random.nextInt(3) != 0)
                .setMinTokens(random.nextInt(3) == 0 ? 1 + random.nextInt(10) : 0);
        if (random.nextInt(4) == 0) {
            sampling.setStop(List.of("e", "the"));
        }
        if (random.nextInt(4) == 0) {
            sampling.setLogprobs(true).setTopLogprobs(random.nextInt(5));
        }
        if (random.nextInt(4) == 0) {
            sampling.setChoices(2 + random.nextInt(2));
        }
        switch (random.nextInt(6)) {
            case 0 -> sampling.setTemperature(0.0);
            case 1 -> sampling.setTemperature(0.0).setRepetitionPenalty(1.2).setFrequencyPenalty(0.3);
            case 2 -> sampling.setTemperature(1.0).setTopP(1.0).setTopK(0);
            case 3 -> sampling.setTemperature(0.8).setTopP(0.9).setTopK(20);
            case 4 -> sampling.setTemperature(1.2).setTopP(0.7).setTopK(0);
            default ->
                sampling.setTemperature(0.7)
                        .setMinP(0.02)
                        .setRepetitionPenalty(1.1)
                        .setPresencePenalty(0.5)
                        .setLogitBias(Map.of("7", 2.0));
        }
        return sampling;
    }

    private static DjlGenerator generator(Path directory, int blocks, int maxBatch, int prefillTokens)
            throws IOException {
        EngineConfig config = new EngineConfig(
                "cpu",
                EngineOptions.Precision.FLOAT32,
                EngineOptions.Quantization.NONE,
                CONTEXT,
                BLOCK_TOKENS,
                (long) blocks * BLOCK_TOKENS,
                0,
                maxBatch,
                100,
                prefillTokens,
                1,
                Pooling.MEAN);
        return new DjlFactory(config, Clock.systemUTC()).load("tiny", directory.toString());
    }
}
