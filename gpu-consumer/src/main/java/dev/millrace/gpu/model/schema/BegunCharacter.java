package dev.millrace.gpu.model.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * What a character of a JSON string that was begun can become.
 *
 * @param lowest the lowest code point of a range of them
 * @param highest the highest one
 * @param bytes how many more it takes
 */
record BegunCharacter(int lowest, int highest, int bytes) {

    private static final int LOW_ESCAPE_BYTES = 6;
    private static final String SHORT_ESCAPES = "\"\\/\b\f\n\r\t";

    /**
     * @param pending bytes or hex digits that are still to come
     * @param value the character as far as it is known
     */
    static List<BegunCharacter> of(StringForm.Phase phase, int pending, int value) {
        return switch (phase) {
            case BETWEEN -> List.of();
            case UTF8 -> {
                int lowest = value << 6 * pending;
                yield characters(
                        Math.max(lowest, StringForm.SHORTEST[pending]), lowest | (1 << 6 * pending) - 1, pending);
            }
            case ESCAPE -> escapes();
            case HEX -> hex(value << 4 * pending, value << 4 * pending | (1 << 4 * pending) - 1, pending);
            case LOW_BACKSLASH -> pairs(value, 0, 0xFFFF, LOW_ESCAPE_BYTES);
            case LOW_U -> pairs(value, 0, 0xFFFF, LOW_ESCAPE_BYTES - 1);
            case LOW_HEX -> {
                int low = (value & 0xFFFF) << 4 * pending;
                yield pairs(value >>> 16, low, low | (1 << 4 * pending) - 1, pending);
            }
        };
    }

    private static List<BegunCharacter> escapes() {
        List<BegunCharacter> all = hex(0, 0xFFFF, LOW_ESCAPE_BYTES - 1);
        SHORT_ESCAPES.chars().forEach(c -> all.add(new BegunCharacter(c, c, 1)));
        return all;
    }

    /** The first of two halves has the other one behind it. */
    private static List<BegunCharacter> hex(int lowest, int highest, int bytes) {
        List<BegunCharacter> all = characters(lowest, highest, bytes);
        int from = Math.max(lowest, Character.MIN_HIGH_SURROGATE);
        int to = Math.min(highest, Character.MAX_HIGH_SURROGATE);
        if (from <= to) {
            all.add(new BegunCharacter(
                    Character.toCodePoint((char) from, Character.MIN_LOW_SURROGATE),
                    Character.toCodePoint((char) to, Character.MAX_LOW_SURROGATE),
                    bytes + LOW_ESCAPE_BYTES));
        }
        return all;
    }

    /** The low half lies between the two, as far as it is one. */
    private static List<BegunCharacter> pairs(int high, int lowest, int highest, int bytes) {
        int from = Math.max(lowest, Character.MIN_LOW_SURROGATE);
        int to = Math.min(highest, Character.MAX_LOW_SURROGATE);
        char first = (char) (Character.MIN_HIGH_SURROGATE + high);
        return List.of(new BegunCharacter(
                Character.toCodePoint(first, (char) from), Character.toCodePoint(first, (char) to), bytes));
    }

    /** Halves of surrogate pairs are no characters. */
    private static List<BegunCharacter> characters(int lowest, int highest, int bytes) {
        List<BegunCharacter> all = new ArrayList<>();
        if (lowest < Character.MIN_SURROGATE) {
            all.add(new BegunCharacter(lowest, Math.min(highest, Character.MIN_SURROGATE - 1), bytes));
        }
        if (highest > Character.MAX_SURROGATE) {
            all.add(new BegunCharacter(Math.max(lowest, Character.MAX_SURROGATE + 1), highest, bytes));
        }
        return all;
    }
}
