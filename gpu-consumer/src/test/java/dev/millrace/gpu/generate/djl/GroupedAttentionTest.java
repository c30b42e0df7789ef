package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Span.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences that decode in one call, whatever their lengths, get what each of them gets alone. */
class GroupedAttentionTest {

    private static final Path CHECKPOINTS = Path.of("src/test/resources/goldens/checkpoints");
    private static final Path DEMO = Path.of("src/main/models/qwen3-demo");
    private static final int[] LENGTHS = {3, 200, 17, 33, 16, 1, 90, 200};

    /** Long enough for a GPU's kernel that shares a context among its processors. */
    private static final int[] LONG = {700, 3, 511, 1000};

    @ParameterizedTest
    @CsvSource({
        "qwen2-untied-sharded, FLOAT32, 1e-4",
        "qwen3-moe, FLOAT32, 1e-4",
        "deepseek-v3, FLOAT32, 1e-4",
        "qwen3, BFLOAT16, 0.1",
        "deepseek-v2-lite, BFLOAT16, 0.1"
    })
    void agreesWithEachByItself(String golden, Precision precision, double most) {
        assertAgree(CHECKPOINTS.resolve(golden), precision, LENGTHS, most, Placing.APART);
    }

    /** Which of the sequences have blocks that lie together. */
    private enum Placing {
        TOGETHER,
        MIXED,
        APART;

        boolean together(int sequence) {
            return this == TOGETHER || this == MIXED && sequence % 2 == 0;
        }
    }

    @Test
    void agreesOverLongContexts() {
        assertAgree(DEMO, Precision.FLOAT32, LONG, 1e-4, Placing.TOGETHER, Placing.MIXED);
    }

    @Test
    void agreesOverLongContextsInBfloat16() {
        assertAgree(DEMO, Precision.BFLOAT16, LONG, 0.1, Placing.values());
    }

    /** Each placing with tokens of its own, so that nothing that lies there from before helps. */
    private static void assertAgree(
            Path directory, Precision precision, int[] lengths, double most, Placing... placings) {
        try (Engine grouped = open(directory, precision, true);
                Engine single = open(directory, precision, false)) {
            for (Placing placing : placings) {
                assertAgree(grouped, single, lengths, most, placing);
            }
        }
    }

    private static void assertAgree(Engine grouped, Engine single, int[] lengths, double most, Placing placing) {
        List<Span> spans = decoding(lengths, placing, grouped, single);
        float[] together = logits(grouped, spans);
        // Where steps are recorded, they are by now.
        for (int again = 0; again < 3; again++) {
            together = logits(grouped, spans);
        }
        int width = grouped.shape().logits();
        for (int i = 0; i < spans.size(); i++) {
            float[] alone = logits(single, List.of(spans.get(i)));
            float[] among = Arrays.copyOfRange(together, i * width, (i + 1) * width);
            assertThat(GoldensTest.distance(among, alone) / GoldensTest.deviation(alone))
                    .as("a context of %d tokens, %s", lengths[i], placing)
                    .isLessThan(most);
        }
    }

    @Test
    void aGroupEndsWherePaddingWouldDoubleIt() {
        assertThat(groups(1000, 1000, 900, 600, 400, 100, 90, 5)).containsExactly(3, 1, 3);
    }

    /** Sequences that share a beginning can be longer together than the cache. */
    @Test
    void aGroupsCopyIsNoLargerThanTheCache() {
        assertThat(groups(100, 640, 640, 640, 640)).containsExactly(2, 2);
    }

    private static Engine open(Path directory, Precision precision, boolean grouped) {
        int cacheTokens = GoldenRun.BLOCKS * GoldenRun.BLOCK_TOKENS;
        return GoldenRun.open(directory, precision, Quantization.NONE, cacheTokens, grouped);
    }

    /** A next token for each of several sequences, all before it read by both engines. */
    private static List<Span> decoding(int[] lengths, Placing placing, Engine... engines) {
        Random random = new Random(7 + placing.ordinal());
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            int[] blocks = placing.together(i)
                    ? GoldenRun.together(i * 70, lengths[i] + 1)
                    : GoldenRun.scattered(GoldenRun.BLOCKS - 1 - i, lengths.length, lengths[i] + 1);
            GoldenRun.read(random, lengths[i], blocks, engines);
            spans.add(new Span(new int[] {i + 1}, lengths[i], blocks, Output.LOGITS));
        }
        return spans;
    }

    private static float[] logits(Engine engine, List<Span> spans) {
        return engine.step(new Step(spans, Draw.greedy())).logits();
    }

    /** How many of the sequences, each with so much context, each group takes. */
    private static long[] groups(int cacheBlocks, int... contexts) {
        EngineShape shape = new EngineShape(100, 100, 8, 2000, 16, cacheBlocks, 1, 1, 1);
        List<Span> spans = Arrays.stream(contexts)
                .mapToObj(context -> new Span(new int[] {1}, context - 1, new int[(context + 15) / 16], Output.DRAW))
                .toList();
        long[] counts = StepPlan.pack(new Step(spans, Draw.greedy()), shape, Attending.GROUPED)
                .counts();
        long[] sizes = new long[(int) counts[8]];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = counts[StepPlan.HEAD + StepPlan.OF_SPAN * contexts.length + 2 * i];
        }
        return sizes;
    }
}
