package dev.millrace.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelShapeTest {

    @Test
    void theWeightsAreThoseOfTheTensors() {
        for (ModelShape shape : List.of(ModelShape.TINY, ModelShape.SMALL, ModelShape.LARGE)) {
            long matrices = shape.tensors().values().stream()
                    .filter(sizes -> sizes.size() == 2)
                    .mapToLong(sizes -> 2L * sizes.get(0) * sizes.get(1))
                    .sum();
            assertThat(shape.weightBytes()).isEqualTo(matrices);
        }
    }

    @Test
    void aStepReadsAnUntiedEmbeddingOnlyAsTheHead() {
        long embedding = 2L * ModelShape.LARGE.vocabulary() * ModelShape.LARGE.hidden();

        assertThat(ModelShape.LARGE.weightBytes() - ModelShape.LARGE.stepWeightBytes())
                .isEqualTo(embedding);
        assertThat(ModelShape.SMALL.weightBytes()).isEqualTo(ModelShape.SMALL.stepWeightBytes());
        assertThat(ModelShape.SMALL.weightBytes()).isBetween(1_150_000_000L, 1_200_000_000L);
    }

    @Test
    void aTokenInTheCacheHasAKeyAndAValueInEachLayer() {
        assertThat(ModelShape.SMALL.cacheBytes(1)).isEqualTo(28 * 2 * 8 * 128 * 2);
    }

    @Test
    void readingAPromptIsMostlyItsMatrices() {
        double matrices = 2.0 * 512 * 440_401_920;

        assertThat(ModelShape.SMALL.prefillOperations(512)).isBetween(matrices, 1.1 * matrices);
    }

    @Test
    void unknownShapesAreRefused() {
        assertThat(ModelShape.named("qwen3-8b")).isEqualTo(ModelShape.LARGE);
        assertThatThrownBy(() -> ModelShape.named("qwen4")).hasMessageContaining("qwen3-0.6b");
    }
}
