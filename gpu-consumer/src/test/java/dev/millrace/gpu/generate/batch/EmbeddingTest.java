package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class EmbeddingTest {

    private static float[] vector(Embedding embedding) {
        FloatBuffer floats = embedding.vector().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] vector = new float[floats.remaining()];
        floats.get(vector);
        return vector;
    }

    @Test
    void theMeanIsOfAllTokensAndTheLastOfOne() {
        float[] hidden = {9, 9, 3, 0, 0, 4};
        Embedding mean = new Embedding(Pooling.MEAN, 2);
        mean.add(0, hidden, 1, 1, 2);
        mean.add(1, hidden, 2, 1, 2);
        assertThat(vector(mean)).containsExactly(0.6f, 0.8f);

        Embedding last = new Embedding(Pooling.LAST, 2);
        last.add(0, hidden, 1, 2, 2);
        assertThat(vector(last)).containsExactly(0f, 1f);
    }

    @Test
    void whoeverHasToReadAgainForgetsWhatWasReadBefore() {
        Embedding mean = new Embedding(Pooling.MEAN, 2);
        mean.add(0, new float[] {9, 9}, 0, 1, 2);
        mean.add(0, new float[] {3, 0}, 0, 1, 2);
        mean.add(1, new float[] {0, 4}, 0, 1, 2);
        assertThat(vector(mean)).containsExactly(0.6f, 0.8f);
    }

    @Test
    void whatIsCutIsOfLengthOneAgain() {
        Embedding cut = new Embedding(Pooling.LAST, 2);
        cut.add(0, new float[] {3, 4, 100}, 0, 1, 3);
        assertThat(vector(cut)).containsExactly(0.6f, 0.8f);
    }

    @Test
    void whatIsNoNumberIsNoVector() {
        Embedding broken = new Embedding(Pooling.LAST, 2);
        broken.add(0, new float[] {Float.NaN, 1}, 0, 1, 2);
        assertThatThrownBy(broken::vector).isInstanceOf(IllegalStateException.class);
    }
}
