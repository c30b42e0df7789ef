package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Capability;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.batch.Jobs;
import dev.millrace.gpu.generate.batch.MaskFactory;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.batch.RequestPrompts;
import dev.millrace.gpu.model.ChatTemplate;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that join, leave, are cancelled, give way to others and go on elsewhere get exactly the tokens that each gets
 * alone: in float32, greedily and with a seed.
 */
class BatchingPropertyTest {

    private static final int CONTEXT = 128;
    private static final int BLOCK_TOKENS = 8;
    private static final long SEED = 20_26;
    private static final int REQUESTS = 40;

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen3-moe", "deepseek-v3"})
    void everyRequestGetsWhatItGetsAlone(String checkpoint) {
        Path directory = Path.of("src/test/resources/goldens/checkpoints", checkpoint);
        Random random = new Random(SEED);
        List<Asking> asked = asked(random);
        try (DjlGenerator alone = generator(directory, 64, 1, 4096)) {
            for (Asking one : asked) {
                Heard heard = new Heard();
                alone.start(Asked.task(one.request), heard);
                one.alone = heard.awaitFinished();
            }
        }
        int takeovers = 0;
        int cancelled = 0;
        try (DjlGenerator crowded = generator(directory, 26, 6, 24)) {
            asked.forEach(one -> one.start(crowded));
            for (Asking one : asked) {
                one.finish(crowded);
                takeovers += one.takenOver;
                cancelled += one.leaves ? 1 : 0;
            }
            assertThat(crowded.counts().preemptions()).as("preemptions").isPositive();
            assertThat(crowded.counts().sharedTokens()).as("prefix hits").isPositive();
            assertThat(crowded.counts().chunks()).as("chunked prefills").isPositive();
        }
        assertThat(takeovers).as("takeovers").isPositive();
        assertThat(cancelled).as("cancelled").isPositive();
    }

    private static List<Asking> asked(Random random) {
        int[][] topics = new int[3][];
        Arrays.setAll(topics, i -> random.ints(40, 0, 480).toArray());
        List<Asking> asked = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            int[] prompt = Arrays.copyOf(topics[random.nextInt(3)], 3 + random.nextInt(60));
            for (int k = Math.min(prompt.length - 1, random.nextInt(41)); k < prompt.length; k++) {
                prompt[k] = random.nextInt(480);
            }
            Sampling.Builder sampling = Sampling.newBuilder()
                    .setSeed(random.nextLong())
                    .setMaxTokens(2 + random.nextInt(CONTEXT - prompt.length - 2))
                    .setIgnoreEos(true);
            rule(sampling, random);
            asked.add(new Asking(
                    Asked.completion("r" + i, prompt, sampling), random.nextInt(3) == 0, random.nextInt(8) == 0));
        }
        return asked;
    }

    private static void rule(Sampling.Builder sampling, Random random) {
        switch (random.nextInt(5)) {
            case 0 -> sampling.setTemperature(0.0);
            case 1 -> sampling.setTemperature(1.0).setTopP(1.0).setTopK(0);
            case 2 -> sampling.setTemperature(0.8).setTopP(0.9).setTopK(20);
            case 3 -> sampling.setTemperature(1.2).setTopP(0.7).setTopK(0).setChoices(2);
            default ->
                sampling.setTemperature(0.7)
                        .setMinP(0.02)
                        .setRepetitionPenalty(1.1)
                        .setPresencePenalty(0.5)
                        .setLogitBias(Map.of("7", 2.0));
        }
    }

    private static DjlGenerator generator(Path directory, int blocks, int maxBatch, int prefillTokens) {
        Checkpoint checkpoint = Checkpoint.open(directory);
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
                Pooling.LAST);
        Engine engine = Engine.open(checkpoint, config.options());
        DjlTokenizer tokenizer = DjlTokenizer.load(directory);
        int vocabulary = engine.shape().vocabulary();
        Jobs jobs = new Jobs(
                new RequestPrompts(tokenizer, new ChatTemplate(Map.of(), Map.of(), Clock.systemUTC()), vocabulary),
                MaskFactory.none(),
                tokenizer.vocabulary(),
                new GenerationDefaults(List.of(), true, null, null, null, null, null),
                new Jobs.Shape(CONTEXT, vocabulary, engine.shape().hidden(), Pooling.LAST));
        ModelProfile profile =
                new ModelProfile("tiny", "a model", 0, CONTEXT, CONTEXT, 1, Set.of(Capability.COMPLETION));
        return new DjlGenerator(profile, config, jobs, engine, () -> {
            engine.close();
            tokenizer.close();
        });
    }

    /** One request, what it gets alone, and what befalls it in the crowd. */
    private static final class Asking {

        private final InferenceRequested request;
        private final boolean moves;
        private final boolean leaves;
        private final List<Piece> kept = new ArrayList<>();
        private Generation generation = () -> {};
        private Heard alone = new Heard();
        private Heard heard = new Heard();
        private int takenOver;

        Asking(InferenceRequested request, boolean moves, boolean leaves) {
            this.request = request;
            this.moves = moves;
            this.leaves = leaves;
        }

        void start(DjlGenerator generator) {
            heard = new Heard();
            generation = generator.start(Asked.after(request, Heard.delivered(kept)), heard);
        }

        /** Waits for the end; on the way it is let go of, or cut off and gone on with after any of its pieces. */
        void finish(DjlGenerator generator) {
            if (leaves) {
                generation.cancel();
                return;
            }
            if (moves) {
                generation.cancel();
                List<Piece> said = List.copyOf(heard.pieces);
                kept.addAll(said.subList(0, ThreadLocalRandom.current().nextInt(said.size() + 1)));
                takenOver += kept.isEmpty() ? 0 : 1;
                start(generator);
            }
            heard.awaitFinished();
            for (int choice = 0; choice < request.getSampling().getChoices(); choice++) {
                assertThat(tokens(choice)).as(request.toString()).isEqualTo(alone.tokens(choice));
                assertThat(text(choice)).isEqualTo(alone.text(choice));
            }
        }

        private List<Integer> tokens(int choice) {
            List<Integer> tokens = new ArrayList<>();
            kept.stream().filter(piece -> piece.choice() == choice).forEach(piece -> tokens.addAll(piece.tokenIds()));
            tokens.addAll(heard.tokens(choice));
            return tokens;
        }

        private String text(int choice) {
            StringBuilder text = new StringBuilder();
            kept.stream().filter(piece -> piece.choice() == choice).forEach(piece -> text.append(piece.text()));
            return text + heard.text(choice);
        }
    }
}
