package dev.millrace.bench.limits;

import java.util.Locale;

/**
 * What a device can do at most.
 *
 * @param bandwidth bytes a second, read by all cores
 * @param arithmetic bfloat16 operations a second
 * @param readBytes how much was read at a time
 * @param cacheBytes the last-level cache as the machine describes it, 0 where it does not
 */
public record Limits(Limit bandwidth, Limit arithmetic, long readBytes, long cacheBytes) {

    /** By how much another measurement of the same machine differs, bandwidth first. */
    public String apart(Limits other) {
        return String.format(
                Locale.ROOT,
                "%.0f %% and %.0f %%",
                100 * apart(bandwidth.perSecond(), other.bandwidth.perSecond()),
                100 * apart(arithmetic.perSecond(), other.arithmetic.perSecond()));
    }

    private static double apart(double a, double b) {
        return Math.abs(a - b) / Math.max(a, b);
    }

    /** The best of two measurements of the same machine. */
    public Limits or(Limits other) {
        return new Limits(
                Limit.better(bandwidth, other.bandwidth),
                Limit.better(arithmetic, other.arithmetic),
                readBytes,
                cacheBytes);
    }
}
