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
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences whose contexts begin with the same blocks get what each of them gets alone. */
class SharedBeginningsTest {

    private static final Path CHECKPOINTS = Path.of("src/test/resources/goldens/checkpoints");
    private static final Path DEMO = Path.of("src/main/models/qwen3-demo");
    private static final int[] OWN = {5, 40, 17, 33, 16, 1, 90, 20, 3, 64, 12, 31};

    /** How the blocks of a sequence lie. */
    private enum Lying {
        TOGETHER,
        SCATTERED,
        /** Every third one's own part is scattered, every third one shares nothing, and somebody reads a prompt. */
        MIXED
    }

    @ParameterizedTest
    @CsvSource({
        "qwen2-untied-sharded, FLOAT32, 4, TOGETHER, 1e-4",
        "qwen3-moe, FLOAT32, 12, MIXED, 1e-4",
        "deepseek-v3, FLOAT32, 4, SCATTERED, 1e-4",
        "deepseek-v3, FLOAT32, 12, MIXED, 1e-4",
        "qwen3, BFLOAT16, 12, TOGETHER, 0.1",
        "deepseek-v2-lite, BFLOAT16, 4, TOGETHER, 0.1"
    })
    void agreeWithEachByItself(String golden, Precision precision, int count, Lying lying, double most) {
        assertAgree(CHECKPOINTS.resolve(golden), precision, 100, count, lying, most);
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 4, TOGETHER, 1e-4",
        "FLOAT32, 12, MIXED, 1e-4",
        "FLOAT32, 12, SCATTERED, 1e-4",
        "BFLOAT16, 4, TOGETHER, 0.1",
        "BFLOAT16, 4, MIXED, 0.1",
        "BFLOAT16, 12, TOGETHER, 0.1",
        "BFLOAT16, 12, MIXED, 0.1",
        "BFLOAT16, 12, SCATTERED, 0.1"
    })
    void agreeBehindALongBeginning(Precision precision, int count, Lying lying, double most) {
        assertAgree(DEMO, precision, 900, count, lying, most);
    }

    private static void assertAgree(
            Path directory, Precision precision, int shared, int count, Lying lying, double most) {
        int cacheTokens = GoldenRun.BLOCKS * GoldenRun.BLOCK_TOKENS;
        try (Engine engine = GoldenRun.open(directory, precision, Quantization.NONE, cacheTokens)) {
            List<Span> spans = decoding(engine, shared, count, lying);
            List<float[]> alone =
                    spans.stream().map(span -> logits(engine, List.of(span))).toList();
            Span prompt = new Span(new int[] {9, 8, 7}, 0, GoldenRun.together(GoldenRun.BLOCKS - 1, 3), Output.NONE);
            // Where steps are recorded, the last are played.
            for (int again = 0; again < 4; again++) {
                List<Span> step = new ArrayList<>(spans);
                if (lying == Lying.MIXED && again == 0) {
                    step.add(1, prompt);
                }
                float[] together = logits(engine, step);
                int width = engine.shape().logits();
                for (int i = 0; i < spans.size(); i++) {
                    float[] among = Arrays.copyOfRange(together, i * width, (i + 1) * width);
                    assertThat(GoldensTest.distance(among, alone.get(i)) / GoldensTest.deviation(alone.get(i)))
                            .as("one with %d tokens of its own", OWN[i])
                            .isLessThan(most);
                }
            }
            Span[] all = spans.toArray(Span[]::new);
            for (Attending attending : List.of(Attending.ALONE, Attending.IN_PLACE)) {
                boolean apart = attending == Attending.IN_PLACE && lying == Lying.SCATTERED;
                assertThat(Arrangement.of(all, engine.shape(), attending)
                                .beginnings()
                                .isEmpty())
                        .isEqualTo(apart);
            }
        }
    }

    /** A next token for each of several sequences, all before it read by the engine. */
    private static List<Span> decoding(Engine engine, int shared, int count, Lying lying) {
        Random random = new Random(7);
        int blocks = shared / GoldenRun.BLOCK_TOKENS;
        int[] beginning = lying == Lying.SCATTERED
                ? GoldenRun.scattered(GoldenRun.BLOCKS - 1, 3, shared)
                : GoldenRun.together(0, shared);
        GoldenRun.read(random, blocks * GoldenRun.BLOCK_TOKENS, beginning, engine);
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean stranger = lying == Lying.MIXED && i % 3 == 2;
            int begun = stranger ? 0 : blocks;
            int length = OWN[i] + 1 + GoldenRun.BLOCK_TOKENS;
            int[] own = lying == Lying.SCATTERED || lying == Lying.MIXED && i % 3 == 1
                    ? GoldenRun.scattered(GoldenRun.BLOCKS - 2 - 3 * i, 39, length)
                    : GoldenRun.together(80 + 10 * i, length);
            int[] table = IntStream.concat(Arrays.stream(beginning, 0, begun), IntStream.of(own))
                    .toArray();
            int start = begun * GoldenRun.BLOCK_TOKENS;
            int[] tokens = random.ints(OWN[i], 0, engine.shape().vocabulary()).toArray();
            engine.step(new Step(List.of(new Span(tokens, start, table, Output.NONE)), Draw.greedy()));
            spans.add(new Span(new int[] {i + 1}, start + OWN[i], table, Output.LOGITS));
        }
        return spans;
    }

    private static float[] logits(Engine engine, List<Span> spans) {
        return engine.step(new Step(spans, Draw.greedy())).logits();
    }
}
