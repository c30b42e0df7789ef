package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.pytorch.jni.JniUtils;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Span.Output;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import dev.millrace.gpu.model.checkpoint.Draft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the goldens don't show of an engine: its cache, its edges, its quantized weights. */
class TorchEngineTest {

    private static final Path CHECKPOINTS = Path.of("src/test/resources/goldens/checkpoints");
    private static final int[] PROMPT = {5, 9, 300, 41, 77, 8, 210, 3, 99, 150, 17, 62, 401, 33, 12, 7, 88, 250, 6, 44};

    /** Rows of the head past the tokenizer's ids are padding: make one the likeliest and see that it is not drawn. */
    @Test
    void rowsPastTheTokenizerAreNeverDrawn(@TempDir Path directory) {
        Draft.of("qwen2-untied-sharded", directory).dropAddedTokens();
        int[] blocks = GoldenRun.together(0, PROMPT.length);

        try (Engine engine = GoldenRun.open(directory)) {
            assertThat(engine.shape().vocabulary()).isLessThan(engine.shape().logits());
            float[] logits = GoldenRun.read(engine, PROMPT, PROMPT.length, blocks, Output.LOGITS);
            int width = engine.shape().logits();
            for (int i = 1; i <= PROMPT.length; i++) {
                int[] begun = Arrays.copyOf(PROMPT, i);
                StepResult result =
                        engine.step(new Step(List.of(new Span(begun, 0, blocks, Output.DRAW)), Draw.greedy()));
                int best = 0;
                for (int token = 1; token < engine.shape().vocabulary(); token++) {
                    best = logits[(i - 1) * width + token] > logits[(i - 1) * width + best] ? token : best;
                }
                assertThat(result.ints()).containsExactly(best);
            }
        }
    }

    /** Many tokens go through norms and rotations part by part. */
    @ParameterizedTest
    @CsvSource({"qwen2-tied", "qwen3", "deepseek-v3"})
    void manyTokensOfAStepAreReadAsInStepsOfAFew(String golden) {
        int[] prompt = new Random(7).ints(150, 0, 400).toArray();
        int[] blocks = GoldenRun.together(0, prompt.length);

        try (Engine engine = GoldenRun.open(CHECKPOINTS.resolve(golden))) {
            float[] expected = GoldenRun.read(engine, prompt, 7, blocks, Output.LOGITS);
            float[] actual = GoldenRun.read(engine, prompt, prompt.length, blocks, Output.LOGITS);
            assertThat(GoldensTest.distance(actual, expected) / GoldensTest.deviation(expected))
                    .isLessThan(1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource({"qwen3", "deepseek-v3-fp8"})
    void tensorsAtOddOffsetsAreReadAlike(String golden, @TempDir Path directory) {
        Draft draft = Draft.of(golden, directory);
        draft.rawHeader(Draft.WEIGHTS, draft.header(Draft.WEIGHTS) + (draft.oddHeader() ? "" : " "));

        float[] expected;
        try (Engine engine = GoldenRun.open(CHECKPOINTS.resolve(golden))) {
            expected = logits(engine, PROMPT.length);
        }
        try (Engine engine = GoldenRun.open(directory)) {
            assertThat(logits(engine, PROMPT.length)).containsExactly(expected);
        }
    }

    /** Kernels for few rows and for many are different; the weights they use are not. */
    @ParameterizedTest
    @CsvSource({"qwen3, INT8", "qwen3, INT4_32", "deepseek-v3, INT8", "deepseek-v3, INT4_32", "deepseek-v3, INT4_128"})
    void theWidthOfAStepDoesNotChangeTheWeights(String golden, Quantization quantization) {
        try (Engine engine = GoldenRun.open(CHECKPOINTS.resolve(golden), Precision.FLOAT32, quantization, 512)) {
            assertThat(engine.shape().quantizedWeights()).isPositive();
            float[] wide = logits(engine, PROMPT.length);
            float[] narrow = logits(engine, 1);
            for (int i = 0; i < wide.length; i++) {
                assertThat(narrow[i]).isCloseTo(wide[i], within(1e-3f));
            }
        }
    }

    @Test
    void aBlockOfFp8MayBeLargerThanItsMatrix(@TempDir Path directory) {
        Draft draft = Draft.of("deepseek-v3-fp8", directory).oneScaleEach();
        int[] blocks = GoldenRun.together(0, PROMPT.length);
        List<float[]> logits = new ArrayList<>();
        for (int block : new int[] {4096, 1 << 30}) {
            draft.blocks(block);
            try (Engine engine = GoldenRun.open(directory)) {
                logits.add(GoldenRun.read(engine, PROMPT, PROMPT.length, blocks, Output.LOGITS));
            }
        }
        assertThat(logits.get(1)).isEqualTo(logits.get(0));
    }

    @Test
    void whatCannotBeLoadedSaysWhyInOneLine() {
        Checkpoint checkpoint = Checkpoint.open(CHECKPOINTS.resolve("qwen3"));
        EngineOptions options = new EngineOptions("cpu", Precision.FLOAT32, Quantization.NONE, 0, 1 << 20, 1L << 50, 0);
        assertThatThrownBy(() -> Engine.open(checkpoint, options))
                .hasMessageContaining("qwen3 could not be loaded: RuntimeError: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void stepsThatReachPastTheEngineAreRefusedBeforeItIsCalled() {
        try (Engine engine = GoldenRun.open(CHECKPOINTS.resolve("qwen3"))) {
            assertRefused(engine, new Span(new int[] {512}, 0, new int[] {0}, Output.DRAW), "no token");
            assertRefused(engine, new Span(new int[] {1}, 16, new int[] {0}, Output.DRAW), "blocks");
            assertRefused(engine, new Span(new int[] {1}, 0, new int[] {GoldenRun.BLOCKS}, Output.DRAW), "no block");
            assertRefused(engine, new Span(new int[] {1}, 600, new int[60], Output.DRAW), "context");
        }
    }

    @Test
    void devicesHavePyTorchsNames() {
        assertThat(EngineLoader.device("cpu").isGpu()).isFalse();
        assertThat(EngineLoader.device("cuda").getDeviceId()).isZero();
        assertThat(EngineLoader.device("cuda:3").getDeviceId()).isEqualTo(3);
        assertThatThrownBy(() -> EngineLoader.device("gpu0")).hasMessageContaining("gpu0");
    }

    @Test
    void aDeviceThatPyTorchDoesNotSeeIsRefusedByName() {
        EngineOptions options =
                new EngineOptions("cuda:77", Precision.FLOAT32, Quantization.NONE, 0, GoldenRun.BLOCK_TOKENS, 64, 0);
        assertThatThrownBy(() -> Engine.open(Checkpoint.open(CHECKPOINTS.resolve("qwen3")), options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device is cuda:77")
                .hasMessageContaining("GPUs");
    }

    /** Helpers of a thread that has loaded would make those of the thread that steps sleep. */
    @Test
    void loadingLeavesNoHelpersBehind() throws Exception {
        Path tasks = Path.of("/proc/self/task");
        assumeTrue(Files.exists(tasks), "needs /proc, as Linux has it");
        letPoolBeMade();
        Set<Path> before = passing(tasks);
        EngineOptions options =
                new EngineOptions("cpu", Precision.FLOAT32, Quantization.NONE, 0, GoldenRun.BLOCK_TOKENS, 32_768, 2);

        try (Engine engine = Engine.open(Checkpoint.open(Path.of("src/main/models/qwen3-demo")), options)) {
            assertThat(engine.shape().cacheBytes()).isPositive();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(before).containsAll(passing(tasks)));
        }
    }

    /**
     * PyTorch has another pool, which nothing here computes in. Whoever first says how many threads there are makes it
     * for the whole process, and its threads are called as that one is, a passing one perhaps.
     */
    private static void letPoolBeMade() throws Exception {
        ExecutorService first = Executors.newSingleThreadExecutor();
        first.submit(() -> {
                    Torch.start();
                    Torch.share(2);
                })
                .get();
        first.shutdown();
    }

    /** In one worker a small model's single thread is not a large one's, whichever of them comes last. */
    @Test
    void eachModelHasItsOwnNumberOfThreads() throws Exception {
        ExecutorService first = Executors.newSingleThreadExecutor();
        ExecutorService second = Executors.newSingleThreadExecutor();
        try (Engine two = open(2);
                Engine one = open(1)) {
            first.submit(two::settle).get();
            second.submit(one::settle).get();
            assertThat(first.submit(() -> threadsOfAStep(two)).get()).isEqualTo(2);
            assertThat(second.submit(() -> threadsOfAStep(one)).get()).isEqualTo(1);
        } finally {
            first.shutdown();
            second.shutdown();
        }
    }

    private static Engine open(int threads) throws IOException {
        return Engine.open(
                Checkpoint.open(CHECKPOINTS.resolve("qwen3")),
                new EngineOptions("cpu", Precision.FLOAT32, Quantization.NONE, 0, GoldenRun.BLOCK_TOKENS, 64, threads));
    }

    private static int threadsOfAStep(Engine engine) {
        engine.step(new Step(List.of(new Span(new int[] {5}, 0, new int[] {0}, Output.DRAW)), Draw.greedy()));
        return JniUtils.getNumThreads();
    }

    private static Set<Path> passing(Path tasks) throws IOException {
        Set<Path> passing = new HashSet<>();
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : all.toList()) {
                try {
                    if (Files.readString(task.resolve("comm")).strip().equals(PassingThread.NAME)) {
                        passing.add(task);
                    }
                } catch (IOException e) {
                    // It has just ended: no such file, or no such process any more.
                }
            }
        }
        return passing;
    }

    @Test
    void whatALoaderThrowsReachesItsCaller() {
        assertThatThrownBy(() -> PassingThread.run(() -> {
                    throw new IllegalArgumentException("as it was");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("as it was");
    }

    private static void assertRefused(Engine engine, Span span, String says) {
        assertThatThrownBy(() -> engine.step(new Step(List.of(span), Draw.greedy())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    private static float[] logits(Engine engine, int chunk) {
        return GoldenRun.read(engine, PROMPT, chunk, GoldenRun.together(0, PROMPT.length), Output.LOGITS);
    }
}
