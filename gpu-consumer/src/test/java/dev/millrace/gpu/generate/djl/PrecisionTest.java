package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bundled models with fewer bits a weight: how many answers stay, how far the distributions drift. */
class PrecisionTest {

    private static final int CACHE_TOKENS = 8192;

    @ParameterizedTest(name = "{0} in {1}, {2}: at least {3}")
    @CsvSource({
        "qwen3-demo, BFLOAT16, INT8, 0.95",
        "deepseek-demo, BFLOAT16, INT8, 0.95",
        "qwen3-demo, BFLOAT16, INT4_32, 0.9",
        "deepseek-demo, BFLOAT16, INT4_32, 0.9",
        "qwen3-demo, BFLOAT16, INT4_128, 0.9",
    })
    void answersAsTheReference(String model, Precision precision, Quantization quantization, double share) {
        List<JsonNode> questions = DemoRun.questions(model);
        try (Engine engine = GoldenRun.open(DemoRun.directory(model), precision, quantization, CACHE_TOKENS)) {
            List<Boolean> agreeing = DemoRun.agreeing(engine, questions);
            double agreed = agreeing.stream().filter(each -> each).count() / (double) agreeing.size();
            System.out.printf("%s %s %s: %.3f unchanged%n", model, precision, quantization, agreed);
            assertThat(agreed).isGreaterThanOrEqualTo(share);
        }
    }

    @ParameterizedTest(name = "{0} in {1}: at most {2} of bfloat16")
    @CsvSource({
        "qwen3-demo, INT8, 0.6",
        "deepseek-demo, INT8, 0.6",
        "qwen3-demo, INT4_32, 0.35",
        "deepseek-demo, INT4_32, 0.35",
        "qwen3-demo, INT4_64, 0.35",
    })
    void quantizedMatricesTakeLessAndDriftLittle(String model, Quantization quantization, double share) {
        List<JsonNode> questions = DemoRun.questions(model).subList(0, 20);
        try (Engine plain =
                        GoldenRun.open(DemoRun.directory(model), Precision.BFLOAT16, Quantization.NONE, CACHE_TOKENS);
                Engine small =
                        GoldenRun.open(DemoRun.directory(model), Precision.BFLOAT16, quantization, CACHE_TOKENS)) {
            double divergence = DemoRun.divergence(plain, small, questions);
            double kept = small.shape().quantizedBytes() / (2.0 * small.shape().quantizedWeights());
            System.out.printf("%s %s: %.3f of the bytes, KL %.5f%n", model, quantization, kept, divergence);
            assertThat(small.shape().quantizedWeights())
                    .isGreaterThan(small.shape().parameters() * 3 / 4);
            assertThat(kept).isLessThanOrEqualTo(share);
            assertThat(divergence).isBetween(0.0, 0.2);
        }
    }
}
