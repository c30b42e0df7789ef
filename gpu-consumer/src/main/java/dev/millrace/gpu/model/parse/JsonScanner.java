package dev.millrace.gpu.model.parse;

/** Recognises one JSON value, character by character, and refuses at the first one that can't belong to any. */
final class JsonScanner {

    enum Verdict {
        /** Belongs to the value, which goes on. */
        MORE,
        /** Belongs to the value, which is whole with it. */
        DONE,
        /** Belongs to what follows: the value was whole before it. */
        DONE_BEFORE,
        /** No JSON value goes on like this. */
        BAD
    }

    private enum Place {
        VALUE,
        FIRST_ELEMENT,
        FIRST_KEY,
        KEY,
        COLON,
        NEXT,
        STRING,
        ESCAPE,
        HEX,
        NUMBER,
        LITERAL
    }

    private static final int MOST_LEVELS = 512;

    /** What encloses the place: a letter for each level, o or a. */
    private final StringBuilder levels = new StringBuilder();

    private final StringBuilder scalar = new StringBuilder();
    private Place place = Place.VALUE;
    private boolean key;
    private int hexDigits;
    private boolean sawMember;

    /** Whether a key with its colon was seen: by then it is no accident that it looks like an object. */
    boolean sawMember() {
        return sawMember;
    }

    boolean inString() {
        return place == Place.STRING || place == Place.ESCAPE || place == Place.HEX;
    }

    /** Whether a backslash was the last character. */
    boolean inEscape() {
        return place == Place.ESCAPE;
    }

    static boolean isEscape(char letter) {
        return "\"\\/bfnrtu".indexOf(letter) >= 0;
    }

    Verdict accept(char next) {
        return switch (place) {
            case STRING -> string(next);
            case ESCAPE -> escape(next);
            case HEX -> hex(next);
            case NUMBER, LITERAL -> scalar(next);
            default -> isSpace(next) ? Verdict.MORE : structure(next);
        };
    }

    private Verdict structure(char next) {
        switch (place) {
            case VALUE:
                return value(next);
            case FIRST_ELEMENT:
                return next == ']' ? close('a') : value(next);
            case FIRST_KEY:
                return next == '}' ? close('o') : key(next);
            case KEY:
                return key(next);
            case COLON:
                sawMember |= next == ':';
                return next == ':' ? to(Place.VALUE) : Verdict.BAD;
            default:
                break;
        }
        if (next == ',') {
            return to(inObject() ? Place.KEY : Place.VALUE);
        }
        return next == '}' ? close('o') : next == ']' ? close('a') : Verdict.BAD;
    }

    private Verdict value(char next) {
        if (next == '{' || next == '[') {
            levels.append(next == '{' ? 'o' : 'a');
            return levels.length() > MOST_LEVELS
                    ? Verdict.BAD
                    : to(next == '{' ? Place.FIRST_KEY : Place.FIRST_ELEMENT);
        }
        if (next == '"') {
            key = false;
            return to(Place.STRING);
        }
        scalar.setLength(0);
        scalar.append(next);
        if (next == '-' || isDigit(next)) {
            return to(Place.NUMBER);
        }
        return next == 't' || next == 'f' || next == 'n' ? to(Place.LITERAL) : Verdict.BAD;
    }

    private Verdict key(char next) {
        key = true;
        return next == '"' ? to(Place.STRING) : Verdict.BAD;
    }

    private Verdict string(char next) {
        if (next == '"') {
            return key ? to(Place.COLON) : whole();
        }
        return to(next == '\\' ? Place.ESCAPE : Place.STRING);
    }

    private Verdict escape(char next) {
        hexDigits = 0;
        return next == 'u' ? to(Place.HEX) : isEscape(next) ? to(Place.STRING) : Verdict.BAD;
    }

    private Verdict hex(char next) {
        if (Character.digit(next, 16) < 0 || next > 'f') {
            return Verdict.BAD;
        }
        return to(++hexDigits == 4 ? Place.STRING : Place.HEX);
    }

    private Verdict scalar(char next) {
        if (place == Place.LITERAL) {
            scalar.append(next);
            String text = scalar.toString();
            if (text.equals("true") || text.equals("false") || text.equals("null")) {
                return whole();
            }
            return "true".startsWith(text) || "false".startsWith(text) || "null".startsWith(text)
                    ? Verdict.MORE
                    : Verdict.BAD;
        }
        if (isDigit(next) || "+-.eE".indexOf(next) >= 0) {
            scalar.append(next);
            return scalar.length() > 400 ? Verdict.BAD : Verdict.MORE;
        }
        if (!scalar.toString().matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            return Verdict.BAD;
        }
        return whole() == Verdict.DONE ? Verdict.DONE_BEFORE : accept(next);
    }

    private Verdict close(char level) {
        if (levels.length() == 0 || levels.charAt(levels.length() - 1) != level) {
            return Verdict.BAD;
        }
        levels.setLength(levels.length() - 1);
        return whole();
    }

    private Verdict whole() {
        place = Place.NEXT;
        return levels.length() == 0 ? Verdict.DONE : Verdict.MORE;
    }

    private Verdict to(Place next) {
        place = next;
        return Verdict.MORE;
    }

    private boolean inObject() {
        return levels.length() > 0 && levels.charAt(levels.length() - 1) == 'o';
    }

    static boolean isSpace(char letter) {
        return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
    }

    private static boolean isDigit(char letter) {
        return letter >= '0' && letter <= '9';
    }
}
