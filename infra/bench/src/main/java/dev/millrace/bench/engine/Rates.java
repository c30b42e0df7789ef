package dev.millrace.bench.engine;

import java.util.List;

/** Arithmetic on the times at which tokens came. */
final class Rates {

    private Rates() {}

    /**
     * Tokens a second while all streams were writing: from the moment when the last of them had begun to the moment when
     * the first of them ended.
     *
     * @param streams each one's times, ascending
     */
    static double steady(List<long[]> streams) {
        long from = streams.stream().mapToLong(times -> times[0]).max().orElseThrow();
        long to = streams.stream()
                .mapToLong(times -> times[times.length - 1])
                .min()
                .orElseThrow();
        if (to <= from) {
            throw new IllegalArgumentException("the streams did not write at the same time");
        }
        long tokens = 0;
        for (long[] times : streams) {
            for (long time : times) {
                tokens += time > from && time <= to ? 1 : 0;
            }
        }
        return tokens * 1e9 / (to - from);
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
