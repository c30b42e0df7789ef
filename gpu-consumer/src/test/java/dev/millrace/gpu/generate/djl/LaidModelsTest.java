package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Span.Output;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose matrices are laid anew while they answer go on as those whose matrices stay. */
class LaidModelsTest {

    private static final String GOLDENS = "src/test/resources/goldens/checkpoints/";
    private static final String DEMOS = "src/main/models/";
    private static final int CACHE_TOKENS = 640;
    private static final int LONG_ENOUGH = 48;

    /** Of a deviation of the logits: what bfloat16 makes of them, far below another matrix. */
    private static final double MOST = 0.4;

    /** One token of so many may find another expert a hair better. */
    private static final int RARE = 40;

    @ParameterizedTest
    @CsvSource({
        GOLDENS + "qwen2-tied, NONE",
        GOLDENS + "qwen3, NONE",
        GOLDENS + "qwen3-moe, NONE",
        GOLDENS + "deepseek-v2-lite, NONE",
        GOLDENS + "deepseek-v2-yarn, NONE",
        GOLDENS + "qwen3, INT8",
        DEMOS + "qwen3-demo, NONE"
    })
    void layingAnewChangesNoAnswer(String golden, Quantization quantization) {
        assumeThat(System.getProperty("os.arch")).as("packed products").isIn("amd64", "x86_64");
        try (TorchEngine moving = open(golden, quantization, Columns.asUsed());
                TorchEngine still = open(golden, quantization, Columns.never())) {
            boolean moves = quantization == Quantization.INT8 || bfloat16();
            assertAgree(moving, still, 1);
            assertThat(moving.inColumns() > 0).as("moved after one stream").isEqualTo(moves);
            assertAgree(moving, still, 3);
            assertThat(moving.inColumns()).as("after three").isZero();
            assertAgree(moving, still, 2);
            assertThat(moving.inColumns() > 0).as("moved after two").isEqualTo(moves);
            assertThat(still.inColumns()).isZero();
        }
    }

    /** Elsewhere nothing is laid once and for all. */
    @ParameterizedTest
    @CsvSource({GOLDENS + "qwen3, INT8", GOLDENS + "qwen3, INT4_32", DEMOS + "qwen3-demo, INT4_32"})
    void whatIsLaidOnceChangesNoAnswer(String golden, Quantization quantization) {
        try (TorchEngine laid = open(golden, quantization, Columns.always());
                TorchEngine still = open(golden, quantization, Columns.never())) {
            assertAgree(laid, still, 1);
            assertAgree(laid, still, 3);
            assertAgree(laid, still, 10);
            assertThat(laid.inColumns()).isZero();
        }
    }

    /** A part of it before each step but the first, and all that is laid at once elsewhere in the end. */
    @ParameterizedTest
    @ValueSource(strings = {GOLDENS + "qwen2-tied", GOLDENS + "qwen3-moe", GOLDENS + "deepseek-v2-yarn"})
    void aModelAnswersBeforeItIsLaidAndWhileItIs(String golden) {
        try (TorchEngine laid = open(golden, Quantization.NONE, Columns.afterLoading());
                TorchEngine atOnce = open(golden, Quantization.NONE, Columns.always())) {
            Step step = step(3, 0);
            laid.step(step);
            assertThat(laid.inHalves()).isZero();
            assertAgree(laid, atOnce, 3);
            assertThat(laid.inHalves()).isEqualTo(atOnce.inHalves());
            assertThat(laid.prepare()).isFalse();
        }
    }

    /** As near to what the model says in float32 as it is with matrices as they are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                GOLDENS + "qwen2-tied",
                GOLDENS + "qwen3",
                GOLDENS + "qwen3-moe",
                GOLDENS + "deepseek-v2-yarn",
                DEMOS + "qwen3-demo"
            })
    void whatIsLaidOnceSaysWhatTheModelSays(String golden) {
        try (TorchEngine laid = open(golden, Quantization.NONE, Columns.always());
                TorchEngine still = open(golden, Quantization.NONE, Columns.never());
                TorchEngine exact = open(golden, Precision.FLOAT32, Quantization.NONE, Columns.never())) {
            for (int streams : new int[] {1, 3, 10}) {
                double mean = mean(distances(still, exact, streams));
                assertThat(mean(distances(laid, exact, streams)))
                        .as("%d streams", streams)
                        .isLessThan(1.2 * mean);
            }
        }
    }

    private static boolean bfloat16() {
        try (Script script = Script.load("laying", LayoutsTest.archive("laying"), "cpu")) {
            return LayoutsTest.bfloat16(script);
        }
    }

    private static TorchEngine open(String golden, Quantization quantization, Columns columns) {
        return open(golden, Precision.BFLOAT16, quantization, columns);
    }

    private static TorchEngine open(String golden, Precision precision, Quantization quantization, Columns columns) {
        EngineOptions options = new EngineOptions("cpu", precision, quantization, 0, 16, CACHE_TOKENS, 0);
        return new EngineLoader(Checkpoint.open(Path.of(golden)), options, columns, device -> Optional.empty()).load();
    }

    private static void assertAgree(Engine moving, Engine still, int streams) {
        List<Double> far = distances(moving, still, streams).stream()
                .filter(distance -> distance >= MOST)
                .toList();
        assertThat(far).as("far apart, of %d streams", streams).hasSizeLessThanOrEqualTo(streams * LONG_ENOUGH / RARE);
    }

    private static Step step(int streams, int position) {
        List<Span> spans = new ArrayList<>();
        for (int stream = 0; stream < streams; stream++) {
            int token = 3 + (31 * position + 7 * stream) % 200;
            int first = 4 * stream;
            int[] blocks = {first, first + 1, first + 2, first + 3};
            spans.add(new Span(new int[] {token}, position, blocks, Output.LOGITS));
        }
        return new Step(spans, Draw.greedy());
    }

    private static double mean(List<Double> distances) {
        return distances.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** Of all logits, in deviations of the others' logits. */
    private static List<Double> distances(Engine ones, Engine others, int streams) {
        List<Double> distances = new ArrayList<>();
        for (int position = 0; position < LONG_ENOUGH; position++) {
            Step step = step(streams, position);
            float[] one = ones.step(step).logits();
            float[] other = others.step(step).logits();
            int width = ones.shape().logits();
            for (int at = 0; at < one.length; at += width) {
                float[] own = Arrays.copyOfRange(other, at, at + width);
                double apart = GoldensTest.distance(Arrays.copyOfRange(one, at, at + width), own);
                distances.add(apart / GoldensTest.deviation(own));
            }
        }
        return distances;
    }
}
