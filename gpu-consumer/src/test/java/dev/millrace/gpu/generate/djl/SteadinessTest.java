package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.LoopTest.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of requests leave nothing behind, on the heap or off it. In float32, for which oneDNN makes no kernel for each
 * new number of rows, so that what is resident stands still. {@code -Dsteady.requests=N} asks for more.
 */
class SteadinessTest {

    private static final int REQUESTS = Integer.getInteger("steady.requests", 1_200);
    private static final int ROUNDS = 6;
    private static final int AT_ONCE = 40;
    private static final long HEAP_BYTES = 4L << 20;
    /** The compiled code of Java grows for a while. */
    private static final long RESIDENT_BYTES = 24L << 20;

    private static final int WARM = 2;
    private static final String SCHEMA = """
            {"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object",
            "properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}}}""";

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "deepseek-v3"})
    void thousandsOfRequestsLeaveNothingBehind(String checkpoint) throws IOException {
        Path status = Path.of("/proc/self/status");
        List<Long> heap = new ArrayList<>();
        List<Long> resident = new ArrayList<>();
        Random random = new Random(7);
        try (DjlGenerator generator = load(checkpoint)) {
            for (int round = 0; round < ROUNDS; round++) {
                run(generator, random, REQUESTS / ROUNDS);
                soon().until(() -> generator.load().kvBlocksUsed() == 0
                        && generator.load().freeSlots() == generator.load().slots()
                        && generator.load().tokenBacklog() == 0);
                heap.add(usedHeap());
                resident.add(Files.exists(status) ? residentBytes(status) : 0);
            }
            System.out.printf("%s: heap %s, resident %s, %d steps%n", checkpoint, heap, resident, generator.steps());
        }
        // What is made once and kept is made in the first rounds.
        assertThat(heap.get(ROUNDS - 1) - heap.get(WARM)).as("heap %s", heap).isLessThan(HEAP_BYTES);
        assumeTrue(Files.exists(status), "what is resident is told by /proc");
        assertThat(resident.get(ROUNDS - 1) - resident.get(WARM))
                .as("resident %s", resident)
                .isLessThan(RESIDENT_BYTES);
    }

    private static DjlGenerator load(String checkpoint) throws IOException {
        EngineConfig config = new EngineConfig(
                "cpu", Precision.FLOAT32, Quantization.NONE, 0, 16, 32768, 0, AT_ONCE, 200, 512, 2, Pooling.LAST);
        return new DjlFactory(config, Clock.systemUTC())
                .load(
                        "tiny",
                        Path.of("src/test/resources/goldens/checkpoints", checkpoint)
                                .toString());
    }

    private static void run(DjlGenerator generator, Random random, int requests) {
        Deque<Heard> running = new ArrayDeque<>();
        for (int i = 0; i < requests; i++) {
            Heard heard = new Heard();
            Generation generation = generator.start(Asked.task(request(i, random)), heard);
            if (random.nextInt(10) == 0) {
                generation.cancel();
            } else {
                running.add(heard);
            }
            if (running.size() >= AT_ONCE) {
                running.removeFirst().awaitEnd();
            }
        }
        running.forEach(Heard::awaitEnd);
    }

    /** All that a request can ask for, and now and then what is refused. */
    private static InferenceRequested request(int number, Random random) {
        Sampling.Builder sampling =
                Sampling.newBuilder().setSeed(random.nextLong()).setMaxTokens(4);
        switch (random.nextInt(6)) {
            case 0 -> sampling.setTemperature(0.0);
            case 1 -> sampling.setTemperature(1.0).setTopP(1.0).setTopK(0);
            case 2 -> sampling.setTopP(0.9).setTopK(0).setRepetitionPenalty(1.1);
            case 3 -> sampling.setChoices(2).setStop(List.of("e", "the"));
            case 4 -> sampling.setLogprobs(true).setTopLogprobs(3).setLogitBias(Map.of("7", 1.0));
            default -> sampling.setMinTokens(2);
        }
        if (random.nextInt(8) == 0) {
            return Asked.request(
                    "r", RequestKind.EMBEDDING, "{\"input\":\"text " + random.nextLong() + "\"}", sampling, r -> {});
        }
        boolean bound = random.nextInt(8) == 0;
        String role = random.nextInt(50) == 0 ? "nobody" : "user";
        return Asked.request(
                "r",
                RequestKind.CHAT,
                "{\"messages\":[{\"role\":\"" + role + "\",\"content\":\"" + number + " of " + random.nextLong()
                        + "\"}]}",
                sampling,
                r -> r.setResponseFormat(bound ? SCHEMA : null));
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    private static long residentBytes(Path status) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }
}
