package dev.millrace.bench.checkpoint;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Bfloat16 numbers of a normal distribution, drawn from a table of as many as there are 16-bit numbers: what is measured
 * does not depend on their fine print, and a billion of them must not take minutes.
 */
final class RandomWeights {

    static final short ONE = 0x3f80;

    private static final int DRAWN = 1 << 16;

    private final short[] table = new short[DRAWN];
    private long state;

    RandomWeights(long seed, double deviation) {
        Random random = new Random(seed);
        for (int i = 0; i < DRAWN; i++) {
            table[i] = bfloat16((float) (random.nextGaussian() * deviation));
        }
        state = random.nextLong() | 1;
    }

    private static short bfloat16(float value) {
        return (short) ((Float.floatToRawIntBits(value) + 0x8000) >>> 16);
    }

    /** Fills the rest of a buffer, whose length is a multiple of eight bytes. */
    void fill(ByteBuffer buffer) {
        while (buffer.hasRemaining()) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
                buffer.putShort(table[(int) (state >>> shift) & (DRAWN - 1)]);
            }
        }
    }
}
