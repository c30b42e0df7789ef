package dev.millrace.gpu.generate.batch;

/** The key of the noise that a token is drawn with: a function of seed, choice and position, and of nothing else. */
public final class Noise {

    private static final long STEP = 0x9E3779B97F4A7C15L;

    private Noise() {}

    public static long key(long seed, int choice, int position) {
        return mixed(mixed(mixed(seed) + (choice + 1L) * STEP) + (position + 1L) * STEP);
    }

    private static long mixed(long value) {
        long x = value + STEP;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
