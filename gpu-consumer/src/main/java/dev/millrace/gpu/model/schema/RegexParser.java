package dev.millrace.gpu.model.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the regular expressions of JSON Schema's {@code pattern} into a {@link Nfa}: all that describes a regular
 * language. Back references, look-arounds and word boundaries are refused.
 */
final class RegexParser {

    private static final int MAX_REPEAT = 1000;
    private static final int MAX_DEPTH = 50;

    private final String pattern;
    private final String path;
    private final Nfa nfa = new Nfa();
    private int at;
    private int depth;

    private RegexParser(String pattern, String path) {
        this.pattern = pattern;
        this.path = path;
    }

    /** An automaton for all strings in which the pattern is found. */
    static Nfa parse(String pattern, String path) {
        RegexParser parser = new RegexParser(pattern, path);
        Nfa.Piece piece = parser.alternatives();
        if (parser.at < pattern.length()) {
            throw parser.refused("an unexpected ')'");
        }
        parser.nfa.finish(piece);
        return parser.nfa;
    }

    private SchemaException refused(String what) {
        return new SchemaException(path, "the pattern '" + pattern + "' has " + what + ", which is not supported");
    }

    /** At the top an alternative may be anchored; what is not anchored may have anything around it. */
    private Nfa.Piece alternatives() {
        boolean outermost = depth == 0;
        if (++depth > MAX_DEPTH) {
            throw refused("too many groups in one another");
        }
        List<Nfa.Piece> choices = new ArrayList<>();
        do {
            boolean open = outermost && !take('^');
            List<Nfa.Piece> parts = new ArrayList<>();
            if (open) {
                parts.add(nfa.repeat(() -> nfa.one(CodePoints.ALL), 0, -1));
            }
            boolean closed = false;
            while (at < pattern.length() && peek() != '|' && peek() != ')') {
                if (outermost && peek() == '$' && (at + 1 == pattern.length() || pattern.charAt(at + 1) == '|')) {
                    at++;
                    closed = true;
                } else {
                    parts.add(quantified());
                }
            }
            if (outermost && !closed) {
                parts.add(nfa.repeat(() -> nfa.one(CodePoints.ALL), 0, -1));
            }
            choices.add(nfa.sequence(parts));
        } while (take('|'));
        depth--;
        return nfa.either(choices);
    }

    private char peek() {
        return pattern.charAt(at);
    }

    private boolean take(char wanted) {
        if (at < pattern.length() && peek() == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private Nfa.Piece quantified() {
        int begin = at;
        Nfa.Piece atom = atom();
        int end = at;
        if (at == pattern.length()) {
            return atom;
        }
        int least;
        int most;
        switch (peek()) {
            case '*' -> {
                least = 0;
                most = -1;
                at++;
            }
            case '+' -> {
                least = 1;
                most = -1;
                at++;
            }
            case '?' -> {
                least = 0;
                most = 1;
                at++;
            }
            case '{' -> {
                at++;
                least = number();
                most = take(',') ? (at < pattern.length() && peek() == '}' ? -1 : number()) : least;
                if (!take('}')) {
                    throw refused("a '{' that is no quantifier");
                }
            }
            default -> {
                return atom;
            }
        }
        take('?');
        if (at < pattern.length() && peek() == '{') {
            throw refused("a quantifier of a quantifier");
        }
        if (most >= 0 && least > most) {
            throw refused("a quantifier out of order");
        }
        int after = at;
        int level = depth;
        Nfa.Piece repeated = nfa.repeat(
                () -> {
                    at = begin;
                    depth = level;
                    Nfa.Piece copy = atom();
                    assert at == end;
                    return copy;
                },
                least,
                most);
        at = after;
        return repeated;
    }

    private int number() {
        int value = 0;
        int begin = at;
        while (at < pattern.length() && Character.isDigit(peek()) && value <= MAX_REPEAT) {
            value = value * 10 + (pattern.charAt(at++) - '0');
        }
        if (at == begin || value > MAX_REPEAT) {
            throw refused("a quantifier above " + MAX_REPEAT + " or none at all");
        }
        return value;
    }

    private Nfa.Piece atom() {
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return switch (c) {
            case '(' -> group();
            case '[' -> nfa.one(set());
            case '.' -> nfa.one(CodePoints.LINE_ENDS.complement());
            case '\\' -> nfa.one(escape(false));
            case '^', '$' -> throw refused("an anchor inside");
            case '*', '+', '?' -> throw refused("a quantifier of nothing");
            default -> nfa.one(CodePoints.of(c, c));
        };
    }

    private Nfa.Piece group() {
        if (take('?')) {
            if (take('<')) {
                if (at < pattern.length() && (peek() == '=' || peek() == '!')) {
                    throw refused("a look-behind");
                }
                int close = pattern.indexOf('>', at);
                if (close < 0) {
                    throw refused("a group's name without an end");
                }
                at = close + 1;
            } else if (!take(':')) {
                throw refused("a look-ahead or another special group");
            }
        }
        Nfa.Piece inside = alternatives();
        if (!take(')')) {
            throw refused("a '(' without its ')'");
        }
        return inside;
    }

    private CodePoints set() {
        boolean negated = take('^');
        List<CodePoints> parts = new ArrayList<>();
        while (!take(']')) {
            CodePoints first = member();
            boolean range = at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']';
            if (!range) {
                parts.add(first);
                continue;
            }
            at++;
            int low = single(first);
            int high = single(member());
            if (low > high) {
                throw refused("a range out of order");
            }
            parts.add(CodePoints.of(low, high));
        }
        CodePoints union = CodePoints.union(parts);
        return negated ? union.complement() : union;
    }

    private int single(CodePoints points) {
        if (points.ranges().size() != 1
                || points.ranges().get(0).first() != points.ranges().get(0).last()) {
            throw refused("a range to or from a class");
        }
        return points.ranges().get(0).first();
    }

    private CodePoints member() {
        if (at >= pattern.length()) {
            throw refused("a '[' without its ']'");
        }
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return c == '\\' ? escape(true) : CodePoints.of(c, c);
    }

    private CodePoints escape(boolean inSet) {
        if (at >= pattern.length()) {
            throw refused("a '\\' at its end");
        }
        char c = pattern.charAt(at++);
        return switch (c) {
            case 'd' -> CodePoints.DIGITS;
            case 'D' -> CodePoints.DIGITS.complement();
            case 'w' -> CodePoints.WORD;
            case 'W' -> CodePoints.WORD.complement();
            case 's' -> CodePoints.SPACES;
            case 'S' -> CodePoints.SPACES.complement();
            case 't' -> CodePoints.of('\t', '\t');
            case 'n' -> CodePoints.of('\n', '\n');
            case 'r' -> CodePoints.of('\r', '\r');
            case 'f' -> CodePoints.of('\f', '\f');
            case 'v' -> CodePoints.of(0x0B, 0x0B);
            case 'x' -> hex(2);
            case 'u' -> unicode();
            case 'b' -> {
                if (!inSet) {
                    throw refused("a word boundary");
                }
                yield CodePoints.of('\b', '\b');
            }
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw refused("'\\" + c + "'");
                }
                yield CodePoints.of(c, c);
            }
        };
    }

    /** Two escapes that are the halves of a surrogate pair are one character. */
    private CodePoints unicode() {
        CodePoints half = hex(4);
        int high = single(half);
        if (high < Character.MIN_HIGH_SURROGATE
                || high > Character.MAX_HIGH_SURROGATE
                || !pattern.startsWith("\\u", at)) {
            return half;
        }
        int begin = at;
        at += 2;
        int low = single(hex(4));
        if (low < Character.MIN_LOW_SURROGATE || low > Character.MAX_LOW_SURROGATE) {
            at = begin;
            return half;
        }
        int both = Character.toCodePoint((char) high, (char) low);
        return CodePoints.of(both, both);
    }

    private CodePoints hex(int digits) {
        if (at + digits > pattern.length()) {
            throw refused("an escape without its digits");
        }
        try {
            int value = Integer.parseInt(pattern.substring(at, at + digits), 16);
            at += digits;
            return CodePoints.of(value, value);
        } catch (NumberFormatException e) {
            throw refused("an escape without its digits");
        }
    }
}
