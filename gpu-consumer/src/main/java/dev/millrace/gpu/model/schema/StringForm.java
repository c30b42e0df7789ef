package dev.millrace.gpu.model.schema;

import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a JSON string after its opening quote, up to and with the closing one. Characters are counted and
 * matched as code points, however they are spelled: as UTF-8, as a short escape, or as {@code \}{@code u} escapes.
 *
 * @param state where the matcher stands
 * @param least how many more characters there must be
 * @param most how many more there may be
 * @param phase what within a character comes next
 * @param pending bytes or hex digits of the character that are still to come
 * @param value the character as far as it is known
 */
record StringForm(TextMatcher matcher, int state, int least, int most, Phase phase, int pending, int value)
        implements Form {

    /** As good as without a bound, and a bound all the same. */
    static final int UNBOUNDED = 1 << 20;

    private static final int MAX_CODE_POINT = 0x10FFFF;

    /** A control character's, which has to be spelled in hex digits. */
    private static final int LONGEST_CHARACTER = 6;

    /** The lowest character that needs as many bytes after its first. */
    static final int[] SHORTEST = {0, 0x80, 0x800, 0x10000};

    enum Phase {
        BETWEEN,
        UTF8,
        ESCAPE,
        HEX,
        LOW_BACKSLASH,
        LOW_U,
        LOW_HEX
    }

    static Form quoted(TextMatcher matcher, int least, int most) {
        return Forms.sequence(Forms.text("\""), unquoted(matcher, least, most));
    }

    /** What is between the quotes, and the closing one. */
    static StringForm unquoted(TextMatcher matcher, int least, int most) {
        return new StringForm(matcher, matcher.start(), least, most, Phase.BETWEEN, 0, 0);
    }

    boolean isBetweenCharacters() {
        return phase == Phase.BETWEEN;
    }

    /**
     * A character counts for as many bytes as the longest has, and one that was begun can become only so much: so there is
     * always a byte that brings the end nearer.
     */
    @Override
    public int leastBytes() {
        if (phase == Phase.BETWEEN) {
            return bytes(matcher.fewest(state, least, most), 0);
        }
        int shortest = ENDLESS;
        for (BegunCharacter end : BegunCharacter.of(phase, pending, value)) {
            int characters = matcher.fewestAfter(state, end.lowest(), end.highest(), oneLess(least), stillMost());
            shortest = Math.min(shortest, bytes(characters, end.bytes()));
        }
        return shortest;
    }

    private static int bytes(int characters, int before) {
        return characters < 0 ? ENDLESS : before + characters * LONGEST_CHARACTER + 1;
    }

    @Override
    public void read(int octet, @Nullable Stack below, Consumer<@Nullable Stack> next) {
        if (phase == Phase.BETWEEN && octet == '"') {
            if (mayClose()) {
                next.accept(below);
            }
            return;
        }
        StringForm after = after(octet);
        if (after != null) {
            next.accept(new Stack(after, below));
        }
    }

    /** Whether the closing quote may come. */
    boolean mayClose() {
        return phase == Phase.BETWEEN && least == 0 && matcher.canEnd(state, 0, 0);
    }

    /** What is left after a byte other than the closing quote; null where it may not come. */
    @Nullable
    StringForm after(int octet) {
        return switch (phase) {
            case BETWEEN -> begin(octet);
            case UTF8 -> continued(octet);
            case ESCAPE -> escape(octet);
            case HEX, LOW_HEX -> hex(octet);
            case LOW_BACKSLASH -> octet == '\\' ? within(Phase.LOW_U, 0, value) : null;
            case LOW_U -> octet == 'u' ? within(Phase.LOW_HEX, 4, value << 16) : null;
        };
    }

    /** The same in a text that stands without quotes, where each character is itself. */
    @Nullable
    StringForm afterBare(int octet) {
        return phase == Phase.BETWEEN && octet < 0x80 ? whole(octet) : after(octet);
    }

    /** Up to how many characters may come whatever they are; for one that is between two of them. */
    int freeCharacters() {
        int reserve = matcher.reserve(state);
        return reserve < 0 ? 0 : reserve == 0 ? most : Math.max(0, most - least - reserve);
    }

    /** Exact counts matter only near their ends. */
    @Override
    public StringForm within(int characters) {
        if (phase != Phase.BETWEEN) {
            return this;
        }
        if (matcher.reserve(state) == 0) {
            return counting(Math.min(least, characters + 1), Math.min(most, characters + 1));
        }
        if (most - matcher.states() < Math.max(least, characters)) {
            return this;
        }
        int atLeast = matcher.isEndless() ? Math.min(least, characters + 1) : least;
        boolean counts = least > 0 && !matcher.isEndless();
        int near = counts ? state : matcher.alike(state, characters + 1);
        return new StringForm(matcher, near, atLeast, UNBOUNDED, phase, pending, value);
    }

    private StringForm counting(int atLeast, int atMost) {
        return new StringForm(matcher, state, atLeast, atMost, phase, pending, value);
    }

    private StringForm within(Phase in, int still, int known) {
        return new StringForm(matcher, state, least, most, in, still, known);
    }

    private @Nullable StringForm begin(int octet) {
        if (most == 0 || octet < 0x20) {
            return null;
        }
        if (octet == '\\') {
            return leadsOn(0, MAX_CODE_POINT) ? within(Phase.ESCAPE, 0, 0) : null;
        }
        if (octet < 0x80) {
            return whole(octet);
        }
        int still = octet >= 0xC2 && octet <= 0xDF ? 1 : octet >> 4 == 0xE ? 2 : octet >= 0xF0 && octet <= 0xF4 ? 3 : 0;
        return still == 0 ? null : partial(still, octet & (0x3F >> still), SHORTEST[still]);
    }

    private @Nullable StringForm continued(int octet) {
        if ((octet & 0xC0) != 0x80) {
            return null;
        }
        int known = value << 6 | octet & 0x3F;
        return pending == 1 ? whole(known) : partial(pending - 1, known, SHORTEST[pending]);
    }

    /** Part of a UTF-8 character: one that begins so, and needs this many bytes, must lead on. */
    private @Nullable StringForm partial(int still, int known, int shortest) {
        int lowest = known << 6 * still;
        int highest = lowest | (1 << 6 * still) - 1;
        return leadsOn(Math.max(lowest, shortest), Math.min(highest, MAX_CODE_POINT))
                ? within(Phase.UTF8, still, known)
                : null;
    }

    private boolean leadsOn(int lowest, int highest) {
        if (lowest > highest || most == 0) {
            return false;
        }
        return lowest < 0xD800 && matcherLeadsOn(lowest, Math.min(highest, 0xD7FF))
                || highest > 0xDFFF && matcherLeadsOn(Math.max(lowest, 0xE000), highest);
    }

    private boolean matcherLeadsOn(int lowest, int highest) {
        return matcher.leadsOn(state, lowest, highest, oneLess(least), stillMost());
    }

    private static int oneLess(int count) {
        return Math.max(0, count - 1);
    }

    private int stillMost() {
        return most == UNBOUNDED ? most : most - 1;
    }

    private @Nullable StringForm escape(int octet) {
        return switch (octet) {
            case '"', '\\', '/' -> whole(octet);
            case 'b' -> whole('\b');
            case 'f' -> whole('\f');
            case 'n' -> whole('\n');
            case 'r' -> whole('\r');
            case 't' -> whole('\t');
            case 'u' -> within(Phase.HEX, 4, 0);
            default -> null;
        };
    }

    private @Nullable StringForm hex(int octet) {
        int digit = Character.digit(octet, 16);
        if (digit < 0 || octet > 'f') {
            return null;
        }
        int still = pending - 1;
        if (phase == Phase.LOW_HEX) {
            return lowHalf(still, value >>> 16, (value & 0xFFFF) << 4 | digit);
        }
        int known = value << 4 | digit;
        int lowest = known << 4 * still;
        int highest = lowest | (1 << 4 * still) - 1;
        if (still > 0) {
            int high = Math.max(lowest, 0xD800);
            int last = Math.min(highest, 0xDBFF);
            boolean pair = high <= last && leadsOn(pair(high - 0xD800, 0xDC00), pair(last - 0xD800, 0xDFFF));
            return pair || leadsOn(lowest, highest) ? within(Phase.HEX, still, known) : null;
        }
        if (known >= 0xD800 && known <= 0xDBFF) {
            return pairLeadsOn(known - 0xD800, 0xDC00, 0xDFFF) ? within(Phase.LOW_BACKSLASH, 0, known - 0xD800) : null;
        }
        return known >= 0xDC00 && known <= 0xDFFF ? null : whole(known);
    }

    private @Nullable StringForm lowHalf(int still, int high, int low) {
        int lowest = Math.max(low << 4 * still, 0xDC00);
        int highest = Math.min(low << 4 * still | (1 << 4 * still) - 1, 0xDFFF);
        if (still == 0) {
            return lowest == highest ? whole(pair(high, low)) : null;
        }
        return pairLeadsOn(high, lowest, highest) ? within(Phase.LOW_HEX, still, high << 16 | low) : null;
    }

    private boolean pairLeadsOn(int high, int lowest, int highest) {
        return lowest <= highest && leadsOn(pair(high, lowest), pair(high, highest));
    }

    private static int pair(int high, int low) {
        return 0x10000 + (high << 10) + low - 0xDC00;
    }

    private @Nullable StringForm whole(int codePoint) {
        int after = most == 0 ? TextMatcher.DEAD : matcher.next(state, codePoint);
        return after == TextMatcher.DEAD || !matcher.canEnd(after, oneLess(least), stillMost())
                ? null
                : new StringForm(matcher, after, oneLess(least), stillMost(), Phase.BETWEEN, 0, 0);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "string(%d, %d to %d more, %s)", state, least, most, phase);
    }
}
