package dev.millrace.gpu.model.schema;

import java.math.BigInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left of an integer between two bounds: a digit may come where some continuation lies between them.
 *
 * @param negative whether a minus sign was read
 * @param digits how many digits were read; -1 where not even the sign could have been
 * @param value the digits so far, without the sign
 */
record IntegerForm(BigInteger lowest, BigInteger highest, boolean negative, int digits, BigInteger value)
        implements Form {

    private static final int UNREAD = -1;

    /** Numbers without bounds stay within what most readers hold exactly. */
    private static final int MAX_DIGITS = 18;

    private static final BigInteger LIMIT = BigInteger.TEN.pow(MAX_DIGITS).subtract(BigInteger.ONE);

    static Form between(@Nullable BigInteger lowest, @Nullable BigInteger highest) {
        return new IntegerForm(
                lowest == null ? LIMIT.negate().min(highest == null ? LIMIT : highest) : lowest,
                highest == null ? LIMIT.max(lowest == null ? LIMIT : lowest) : highest,
                false,
                UNREAD,
                BigInteger.ZERO);
    }

    @Override
    public void open(@Nullable Stack below, Consumer<@Nullable Stack> readers) {
        if (digits > 0 && isBetween(signed(value))) {
            Automaton.open(below, readers);
        }
        readers.accept(new Stack(this, below));
    }

    @Override
    public int leastBytes() {
        return lowest.compareTo(highest) <= 0 ? 1 : ENDLESS;
    }

    @Override
    public void read(int octet, @Nullable Stack below, Consumer<@Nullable Stack> next) {
        IntegerForm after = after(octet);
        if (after != null && after.canEnd()) {
            next.accept(new Stack(after, below));
        }
    }

    private @Nullable IntegerForm after(int octet) {
        if (octet == '-') {
            return digits == UNREAD ? new IntegerForm(lowest, highest, true, 0, value) : null;
        }
        if (octet < '0' || octet > '9' || digits > 0 && value.signum() == 0) {
            return null;
        }
        BigInteger longer = value.multiply(BigInteger.TEN).add(BigInteger.valueOf(octet - '0'));
        return new IntegerForm(lowest, highest, negative, Math.max(digits, 0) + 1, longer);
    }

    /** Whether the digits, or what more digits can make of them, lie between the bounds. */
    private boolean canEnd() {
        if (digits > 0 && isBetween(signed(value))) {
            return true;
        }
        if (digits > 0 && value.signum() == 0) {
            return false;
        }
        int longest = String.valueOf(lowest.abs().max(highest.abs())).length();
        BigInteger smallest = value;
        BigInteger largest = value;
        for (int more = Math.max(digits, 0); more < longest; more++) {
            smallest = digits <= 0 && smallest.signum() == 0 ? BigInteger.ZERO : smallest.multiply(BigInteger.TEN);
            largest = largest.multiply(BigInteger.TEN).add(BigInteger.valueOf(9));
            BigInteger from = negative ? largest.negate() : smallest;
            BigInteger to = negative ? smallest.negate() : largest;
            if (from.compareTo(highest) <= 0 && to.compareTo(lowest) >= 0) {
                return true;
            }
        }
        return false;
    }

    private BigInteger signed(BigInteger number) {
        return negative ? number.negate() : number;
    }

    private boolean isBetween(BigInteger number) {
        return number.compareTo(lowest) >= 0 && number.compareTo(highest) <= 0;
    }
}
