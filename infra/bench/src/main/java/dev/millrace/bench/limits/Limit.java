package dev.millrace.bench.limits;

/**
 * The best that was found of something.
 *
 * @param perSecond bytes or floating-point operations
 * @param way what reached it
 */
public record Limit(double perSecond, Way way) {

    public Limit {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("a limit of " + perSecond + " limits nothing");
        }
    }

    /** What reached it, in words. */
    public String by() {
        return way.by();
    }

    public static Limit better(Limit first, Limit second) {
        return second.perSecond > first.perSecond ? second : first;
    }
}
