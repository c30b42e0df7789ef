package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.model.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bundled models with fewer bits a weight: how many golden questions keep their answer, how far the distributions
 * drift, what the matrices take. The figures are left in {@code target/precision-MODEL.txt}; {@code
 * -Dprecision.questions=120} asks all.
 */
class PrecisionTest {

    private static final int CACHE_TOKENS = 16_384;
    private static final int QUESTIONS = Integer.getInteger("precision.questions", 24);
    private static final int COMPARED = 12;

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void fewerBitsKeepMostAnswersAndTakeTheirShareOfTheBytes(String model) throws IOException {
        List<JsonNode> questions = questions(model);
        List<int[]> reference = questions.stream()
                .map(question -> Goldens.ids(question.path("greedy")))
                .toList();
        StringBuilder report = new StringBuilder(
                "%s, %d questions%nweights  unchanged from bf16  from the reference  KL to bf16  bytes of bf16%n"
                        .formatted(model, questions.size()));
        try (Engine plain = open(model, Quantization.NONE)) {
            List<int[]> answers = DemoRun.answers(plain, questions);
            List<float[]> logits = DemoRun.logits(plain, questions.subList(0, COMPARED));
            double asReference = DemoRun.unchanged(answers, reference);
            report.append("%-8s %19.3f  %18.3f%n".formatted("bf16", 1.0, asReference));
            assertThat(asReference).as("bf16").isGreaterThanOrEqualTo(0.9);
            for (Quantization quantization : Quantization.values()) {
                if (quantization != Quantization.NONE) {
                    report.append(compared(model, quantization, logits, answers, reference));
                }
            }
        }
        System.out.print(report);
        Files.writeString(Path.of("target", "precision-" + model + ".txt"), report);
    }

    /** Of every kind, as they follow one another by kinds. */
    private static List<JsonNode> questions(String model) {
        List<JsonNode> all = DemoRun.questions(model);
        int every = Math.max(1, all.size() / QUESTIONS);
        return IntStream.range(0, all.size() / every)
                .mapToObj(i -> all.get(i * every))
                .toList();
    }

    private static String compared(
            String model, Quantization quantization, List<float[]> logits, List<int[]> answers, List<int[]> reference) {
        List<JsonNode> questions = questions(model);
        try (Engine small = open(model, quantization)) {
            List<int[]> own = DemoRun.answers(small, questions);
            double unchanged = DemoRun.unchanged(own, answers);
            double asReference = DemoRun.unchanged(own, reference);
            EngineShape shape = small.shape();
            double divergence =
                    DemoRun.divergence(logits, DemoRun.logits(small, questions.subList(0, COMPARED)), shape.logits());
            double kept = shape.quantizedBytes() / (2.0 * shape.quantizedWeights());
            boolean eight = quantization == Quantization.INT8;
            assertThat(shape.quantizedWeights()).isGreaterThan(shape.parameters() * 3 / 4);
            assertThat(kept).as("%s", quantization).isLessThanOrEqualTo(eight ? 0.6 : 0.35);
            assertThat(unchanged).as("%s", quantization).isGreaterThanOrEqualTo(eight ? 0.95 : 0.85);
            assertThat(asReference).as("%s", quantization).isGreaterThanOrEqualTo(eight ? 0.95 : 0.85);
            assertThat(divergence).as("%s", quantization).isBetween(0.0, eight ? 0.02 : 0.2);
            return "%-8s %19.3f  %18.3f  %10.5f  %13.3f%n"
                    .formatted(quantization, unchanged, asReference, divergence, kept);
        }
    }

    private static Engine open(String model, Quantization quantization) {
        return GoldenRun.open(DemoRun.directory(model), Precision.BFLOAT16, quantization, CACHE_TOKENS);
    }
}
