package dev.millrace.gpu.generate.djl;

/**
 * The sampler's parameters of one step, packed. The engine hands them unread to {@code sample} in
 * {@code sampling.py}; whoever fills that function gives the arrays their meaning.
 *
 * @param counts stays on the host, a list of int there: sizes and offsets, so that a GPU need not be asked for them
 * @param ints goes to the device as one int32 tensor
 * @param floats goes to the device as one float32 tensor
 */
public record Draw(long[] counts, int[] ints, float[] floats) {

    /** The likeliest token of each row, and nothing more. */
    public static Draw greedy() {
        return new Draw(new long[0], new int[0], new float[0]);
    }
}
