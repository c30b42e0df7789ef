package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.Columns.Crosswise;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Span.Output;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences whose keys lie crosswise get what those get whose keys lie token by token. */
class CrosswiseTest {

    private static final String GOLDENS = "src/test/resources/goldens/checkpoints/";
    private static final int BLOCKS = 120;
    private static final int SHARED_BLOCKS = 4;

    @ParameterizedTest
    @CsvSource({
        GOLDENS + "qwen2-untied-sharded, FLOAT32, 16, 1e-4",
        GOLDENS + "qwen3, FLOAT32, 16, 1e-4",
        GOLDENS + "qwen3-moe, FLOAT32, 5, 1e-4",
        "src/main/models/qwen3-demo, FLOAT32, 16, 1e-4",
        GOLDENS + "qwen2-tied, BFLOAT16, 16, 0.1",
        GOLDENS + "qwen3, BFLOAT16, 5, 0.1",
        "src/main/models/qwen3-demo, BFLOAT16, 16, 0.1"
    })
    void agreeWithThoseTokenByToken(Path model, Precision precision, int blockTokens, double most) {
        try (Engine crosswise = open(model, precision, blockTokens, Crosswise.ALWAYS);
                Engine plain = open(model, precision, blockTokens, Crosswise.NEVER)) {
            Random random = new Random(11);
            int shared = SHARED_BLOCKS * blockTokens;
            int[] one = scattered(BLOCKS - 1, shared + 40, blockTokens);
            int[] other = one.clone();
            for (int block = SHARED_BLOCKS; block < other.length; block++) {
                other[block] = block;
            }
            int[] third = {50};
            int[] fourth = {60, 61};
            // A prompt in pieces that end within blocks, others beside it, one behind what the first began with.
            List<Step> steps = List.of(
                    step(prompt(random, shared - 3, 0, one)),
                    step(prompt(random, 9, shared - 3, one), prompt(random, 2, 0, third)),
                    step(prompt(random, 21, shared, other), next(random, 2, third)),
                    // What decodes: two behind one beginning, one by itself, beside a prompt.
                    step(
                            next(random, shared + 6, one),
                            prompt(random, blockTokens + 2, 0, fourth),
                            next(random, shared + 21, other),
                            next(random, 3, third)),
                    step(next(random, blockTokens + 2, fourth), next(random, shared + 7, one)),
                    step(next(random, shared + 8, one)));
            for (Step step : steps) {
                assertAgree(crosswise.step(step).logits(), plain.step(step).logits(), plain.shape(), most);
            }
            Span[] decoding = steps.get(3).spans().toArray(Span[]::new);
            assertThat(Arrangement.of(decoding, plain.shape(), Attending.ALONE).beginnings())
                    .hasSize(1);
        }
    }

    private static Engine open(Path model, Precision precision, int blockTokens, Crosswise crosswise) {
        EngineOptions options =
                new EngineOptions("cpu", precision, Quantization.NONE, 0, blockTokens, (long) BLOCKS * blockTokens, 0);
        Columns columns = new Columns(OptionalLong.empty(), Long.MAX_VALUE, OptionalLong.empty(), crosswise);
        return new EngineLoader(Checkpoint.open(model), options, columns, device -> Optional.empty()).load();
    }

    private static void assertAgree(float[] ones, float[] others, EngineShape shape, double most) {
        int width = shape.logits();
        assertThat(ones.length).isEqualTo(others.length).isGreaterThanOrEqualTo(width);
        for (int at = 0; at < ones.length; at += width) {
            float[] other = Arrays.copyOfRange(others, at, at + width);
            double apart = GoldensTest.distance(Arrays.copyOfRange(ones, at, at + width), other);
            assertThat(apart / GoldensTest.deviation(other))
                    .as("row %d", at / width)
                    .isLessThan(most);
        }
    }

    private static Step step(Span... spans) {
        return new Step(List.of(spans), Draw.greedy());
    }

    private static Span prompt(Random random, int tokens, int start, int[] blocks) {
        return new Span(random.ints(tokens, 3, 200).toArray(), start, blocks, Output.LOGITS);
    }

    private static Span next(Random random, int start, int[] blocks) {
        return prompt(random, 1, start, blocks);
    }

    private static int[] scattered(int last, int tokens, int blockTokens) {
        int[] blocks = new int[tokens / blockTokens + 1];
        Arrays.setAll(blocks, i -> last - 3 * i);
        return blocks;
    }
}
