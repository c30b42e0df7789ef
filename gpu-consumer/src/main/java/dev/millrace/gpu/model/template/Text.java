package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** What Python does with text: positions count code points, and white space is Unicode's. */
final class Text {

    private Text() {}

    static boolean isSpace(int point) {
        return (point >= 9 && point <= 13)
                || (point >= 0x1c && point <= 0x20)
                || point == 0x85
                || point == 0xa0
                || (point > 0xa0 && Character.isSpaceChar(point));
    }

    static String strip(String text, IntPredicate dropped, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && dropped.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && dropped.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    /** Split at white space: no empty parts. */
    static List<Object> words(String text, long most) {
        List<Object> parts = new ArrayList<>();
        String rest = strip(text, Text::isSpace, true, false);
        while (!rest.isEmpty() && (most < 0 || parts.size() < most)) {
            int end = 0;
            while (end < rest.length() && !isSpace(rest.charAt(end))) {
                end++;
            }
            parts.add(rest.substring(0, end));
            int next = end;
            while (next < rest.length() && isSpace(rest.charAt(next))) {
                next++;
            }
            rest = rest.substring(next);
        }
        if (!rest.isEmpty()) {
            parts.add(rest);
        }
        return parts;
    }

    /** The same from the right. */
    static List<Object> wordsFromRight(String text, long most) {
        if (most < 0) {
            return words(text, most);
        }
        List<Object> parts = new ArrayList<>();
        String rest = strip(text, Text::isSpace, false, true);
        while (!rest.isEmpty() && parts.size() < most) {
            int start = rest.length();
            while (start > 0 && !isSpace(rest.charAt(start - 1))) {
                start--;
            }
            parts.add(0, rest.substring(start));
            rest = strip(rest.substring(0, start), Text::isSpace, false, true);
        }
        if (!rest.isEmpty()) {
            parts.add(0, rest);
        }
        return parts;
    }

    static List<Object> split(String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new TemplateException("empty separator");
        }
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && (most < 0 || parts.size() < most); ) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    static List<Object> splitFromRight(String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new TemplateException("empty separator");
        }
        List<Object> parts = new ArrayList<>();
        int to = text.length();
        while (most < 0 || parts.size() < most) {
            int at = to < separator.length() ? -1 : text.lastIndexOf(separator, to - separator.length());
            if (at < 0) {
                break;
            }
            parts.add(0, text.substring(at + separator.length(), to));
            to = at;
        }
        parts.add(0, text.substring(0, to));
        return parts;
    }

    static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            char letter = text.charAt(at);
            if ((letter >= '\n' && letter <= '\r')
                    || (letter >= 0x1c && letter <= 0x1e)
                    || letter == 0x85
                    || letter == 0x2028
                    || letter == 0x2029) {
                int end = letter == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n' ? at + 1 : at;
                lines.add(text.substring(from, keepEnds ? end + 1 : at));
                at = end;
                from = end + 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    static String replace(Run run, String text, String old, String with, long most) {
        if (most == 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        long done = 0;
        int from = 0;
        for (int at = text.indexOf(old); at >= 0 && (most < 0 || done < most); done++) {
            out.append(text, from, at).append(with);
            run.text(out.length());
            from = at + old.length();
            if (old.isEmpty()) {
                if (at == text.length()) {
                    break;
                }
                int next = at + Character.charCount(text.codePointAt(at));
                out.append(text, at, next);
                from = next;
            }
            at = text.indexOf(old, from);
        }
        return run.text(
                out.append(text.substring(Math.min(from, text.length()))).toString());
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return title(text.substring(0, first)) + lower(text.substring(first));
    }

    /** Each run of letters starts large. */
    static String titleCase(String text) {
        StringBuilder out = new StringBuilder();
        boolean inWord = false;
        for (int point : text.codePoints().toArray()) {
            String letter = Character.toString(point);
            out.append(inWord ? lower(letter) : title(letter));
            inWord = Character.isLetter(point);
        }
        return out.toString();
    }

    private static String title(String letter) {
        int point = letter.codePointAt(0);
        return Character.toTitleCase(point) == Character.toUpperCase(point)
                ? upper(letter)
                : Character.toString(Character.toTitleCase(point));
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String swapCase(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .mapToObj(Character::toString)
                .forEach(letter ->
                        out.append(Character.isUpperCase(letter.codePointAt(0)) ? lower(letter) : upper(letter)));
        return out.toString();
    }

    /** Whether there are letters of that case, and none of the other. */
    static boolean isCase(String text, boolean upper) {
        boolean any = false;
        for (int point : text.codePoints().toArray()) {
            boolean isUpper = Character.isUpperCase(point) || Character.isTitleCase(point);
            if (upper ? Character.isLowerCase(point) : isUpper) {
                return false;
            }
            any |= upper ? isUpper : Character.isLowerCase(point);
        }
        return any;
    }

    static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    static String pad(Run run, String text, long width, String fill, boolean left, boolean right) {
        long missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        run.text(width);
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw new TemplateException("The fill character must be exactly one character long");
        }
        long before = !left ? 0 : right ? missing / 2 + (missing & width & 1) : missing;
        return fill.repeat((int) before) + text + fill.repeat((int) (missing - before));
    }
}
