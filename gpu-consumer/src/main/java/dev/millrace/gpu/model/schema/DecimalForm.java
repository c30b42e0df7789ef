package dev.millrace.gpu.model.schema;

import java.math.BigDecimal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a number between two bounds, without an exponent: a digit may come where some continuation lies between
 * them.
 *
 * @param text the number as read so far
 */
record DecimalForm(Bounds bounds, String text) implements Form {

    static final int MAX_WHOLE_DIGITS = 20;
    static final int MAX_FRACTION_DIGITS = 20;

    /** The bounds of a number, each null where there is none. */
    record Bounds(
            @Nullable BigDecimal lowest,
            boolean lowestOut,
            @Nullable BigDecimal highest,
            boolean highestOut) {

        boolean hold(BigDecimal number) {
            return isAboveLowest(number, lowestOut) && isBelowHighest(number, highestOut);
        }

        /** Whether any number lies both between the two and within the bounds. */
        boolean meet(BigDecimal from, BigDecimal to) {
            return isBelowHighest(from, highestOut) && isAboveLowest(to, lowestOut)
                    || from.compareTo(to) == 0 && hold(from);
        }

        private boolean isAboveLowest(BigDecimal number, boolean out) {
            int compared = lowest == null ? 1 : number.compareTo(lowest);
            return compared > 0 || compared == 0 && !out;
        }

        private boolean isBelowHighest(BigDecimal number, boolean out) {
            int compared = highest == null ? -1 : number.compareTo(highest);
            return compared < 0 || compared == 0 && !out;
        }

        boolean areEmpty() {
            return lowest != null
                    && highest != null
                    && (lowest.compareTo(highest) > 0 || lowest.compareTo(highest) == 0 && (lowestOut || highestOut));
        }
    }

    @Override
    public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
        if (isNumber() && bounds.hold(new BigDecimal(text))) {
            Automaton.open(below, readers);
        }
        readers.accept(new Stack(this, below));
    }

    @Override
    public int leastBytes() {
        return bounds.areEmpty() ? ENDLESS : 1;
    }

    private boolean isNumber() {
        return !text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1));
    }

    @Override
    public void read(int octet, @Nullable Stack below, Consumer<@Nullable Stack> next) {
        boolean follows = octet == '-' && text.isEmpty()
                || octet == '.' && isNumber() && point() < 0
                || octet >= '0' && octet <= '9' && takesDigit();
        if (follows) {
            DecimalForm after = new DecimalForm(bounds, text + (char) octet);
            if (after.canEnd()) {
                next.accept(new Stack(after, below));
            }
        }
    }

    private int point() {
        return text.indexOf('.');
    }

    private String whole() {
        String unsigned = text.startsWith("-") ? text.substring(1) : text;
        int point = unsigned.indexOf('.');
        return point < 0 ? unsigned : unsigned.substring(0, point);
    }

    private boolean takesDigit() {
        return point() >= 0
                ? text.length() - point() - 1 < MAX_FRACTION_DIGITS
                : !whole().equals("0") && whole().length() < MAX_WHOLE_DIGITS;
    }

    private boolean canEnd() {
        if (isNumber() && bounds.hold(new BigDecimal(text))) {
            return true;
        }
        boolean negative = text.startsWith("-");
        if (point() >= 0) {
            int fraction = text.length() - point() - 1;
            return fraction < MAX_FRACTION_DIGITS
                    && reaches(magnitude(text), BigDecimal.ONE.movePointLeft(fraction), negative);
        }
        if (whole().isEmpty()) {
            return reaches(BigDecimal.ZERO, BigDecimal.TEN.pow(MAX_WHOLE_DIGITS), negative);
        }
        BigDecimal known = magnitude(text);
        int more = known.signum() == 0 ? 0 : MAX_WHOLE_DIGITS - whole().length();
        for (int digits = 0; digits <= more; digits++) {
            if (reaches(known.movePointRight(digits), BigDecimal.TEN.pow(digits), negative)) {
                return true;
            }
        }
        return false;
    }

    private static BigDecimal magnitude(String text) {
        String unsigned = text.startsWith("-") ? text.substring(1) : text;
        return new BigDecimal(unsigned.endsWith(".") ? unsigned + "0" : unsigned);
    }

    /** Whether a number of at least the given magnitude, and less than that and the span, is within the bounds. */
    private boolean reaches(BigDecimal magnitude, BigDecimal span, boolean negative) {
        BigDecimal last = magnitude.add(span).subtract(BigDecimal.ONE.movePointLeft(MAX_FRACTION_DIGITS));
        return negative ? bounds.meet(last.negate(), magnitude.negate()) : bounds.meet(magnitude, last);
    }
}
