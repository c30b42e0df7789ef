package dev.millrace.gpu.generate.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The vector of one text, gathered from its hidden states step by step. */
public final class Embedding {

    private final Pooling pooling;
    private final int dimensions;
    private double[] sum = new double[0];

    /** @param dimensions length of the vector, at most the model's */
    public Embedding(Pooling pooling, int dimensions) {
        this.pooling = pooling;
        this.dimensions = dimensions;
    }

    public Pooling pooling() {
        return pooling;
    }

    /**
     * Takes the hidden states of tokens from position {@code from} on.
     *
     * @param hidden rows of {@code width}, of which {@code count} from row {@code first} on are meant
     */
    public void add(int from, float[] hidden, int first, int count, int width) {
        if (from == 0 || sum.length == 0 || pooling == Pooling.LAST) {
            sum = new double[width];
        }
        int start = pooling == Pooling.LAST ? first + count - 1 : first;
        for (int row = start; row < first + count; row++) {
            for (int i = 0; i < width; i++) {
                sum[i] += hidden[row * width + i];
            }
        }
    }

    /** The vector, cut and of length 1, as little-endian float32. */
    public ByteBuffer vector() {
        double[] cut = Arrays.copyOf(sum, Math.min(dimensions, sum.length));
        double norm = Math.sqrt(Arrays.stream(cut).map(x -> x * x).sum());
        if (!Double.isFinite(norm)) {
            throw new IllegalStateException("the model's hidden states are no numbers");
        }
        ByteBuffer bytes = ByteBuffer.allocate(cut.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double x : cut) {
            bytes.putFloat((float) (norm == 0 ? 0 : x / norm));
        }
        return bytes.flip();
    }
}
