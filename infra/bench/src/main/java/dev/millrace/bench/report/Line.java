package dev.millrace.bench.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was measured.
 *
 * @param value the figure that is held to the target, null where there is none
 * @param figure the same as people read it
 * @param basis what it was made of
 */
public record Line(String what, @Nullable Double value, String figure, String target, Verdict verdict, String basis) {

    /** A share of a limit, which cannot be above it. */
    public static Line share(String what, double share, double least, String basis) {
        Verdict verdict = share > 1 ? Verdict.IMPOSSIBLE : held(share >= least);
        return new Line(what, share, percent(share), "at least " + percent(least), verdict, basis);
    }

    public static Line atLeast(String what, double ratio, double least, String basis) {
        return new Line(what, ratio, times(ratio), "at least " + times(least), held(ratio >= least), basis);
    }

    public static Line atMostShare(String what, double share, double most, String basis) {
        return new Line(what, share, percent(share), "at most " + percent(most), held(share <= most), basis);
    }

    /** A figure in a unit, which goes behind the number. */
    public static Line atMost(String what, double value, double most, String unit, String basis) {
        return new Line(
                what,
                value,
                number(value) + " " + unit,
                "at most " + number(most) + " " + unit,
                held(value <= most),
                basis);
    }

    public static Line told(String what, String figure, String basis) {
        return new Line(what, null, figure, "", Verdict.TOLD, basis);
    }

    public static Line notRun(String what, String reason) {
        return new Line(what, null, "", "", Verdict.NOT_RUN, reason);
    }

    private static Verdict held(boolean held) {
        return held ? Verdict.HELD : Verdict.MISSED;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2f x", ratio);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
