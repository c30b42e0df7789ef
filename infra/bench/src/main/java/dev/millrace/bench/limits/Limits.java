package dev.millrace.bench.limits;

/**
 * What a device can do at most.
 *
 * @param bandwidth bytes a second, read by all cores
 * @param arithmetic bfloat16 operations a second
 * @param readBytes how much was read at a time
 * @param cacheBytes the last-level cache as the machine describes it, 0 where it does not
 */
public record Limits(Limit bandwidth, Limit arithmetic, long readBytes, long cacheBytes) {

    /** The best of two measurements of the same machine. */
    public Limits or(Limits other) {
        return new Limits(
                Limit.better(bandwidth, other.bandwidth),
                Limit.better(arithmetic, other.arithmetic),
                readBytes,
                cacheBytes);
    }
}
