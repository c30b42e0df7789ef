package dev.millrace.bench.report;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** How long each of several runs of the same thing took. */
public final class Timings {

    private final long[] nanos;

    public Timings(long... nanos) {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("nothing was timed");
        }
        this.nanos = nanos.clone();
        Arrays.sort(this.nanos);
    }

    /** Runs something until it is warm and then as often as asked. */
    public static Timings of(int warmups, int rounds, Runnable work) {
        for (int i = 0; i < warmups; i++) {
            work.run();
        }
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            work.run();
            nanos[i] = System.nanoTime() - start;
        }
        return new Timings(nanos);
    }

    /** The middle one; of two in the middle the mean. */
    public double medianMillis() {
        int half = nanos.length / 2;
        long twice = nanos.length % 2 == 1 ? 2 * nanos[half] : nanos[half - 1] + nanos[half];
        return twice / 2.0 / TimeUnit.MILLISECONDS.toNanos(1);
    }

    public double meanMillis() {
        return Arrays.stream(nanos).average().orElseThrow() / TimeUnit.MILLISECONDS.toNanos(1);
    }

    public double minimumMillis() {
        return nanos[0] / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
