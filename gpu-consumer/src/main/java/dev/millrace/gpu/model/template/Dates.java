package dev.millrace.gpu.model.template;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.Map;

/** The present time in the notation of {@code strftime}. */
final class Dates {

    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('Y', "uuuu"),
            Map.entry('y', "uu"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('B', "MMMM"),
            Map.entry('b', "MMM"),
            Map.entry('h', "MMM"),
            Map.entry('A', "EEEE"),
            Map.entry('a', "EEE"),
            Map.entry('j', "DDD"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('f', "SSSSSS"),
            Map.entry('p', "a"),
            Map.entry('F', "uuuu-MM-dd"),
            Map.entry('T', "HH:mm:ss"),
            Map.entry('R', "HH:mm"),
            Map.entry('D', "MM/dd/uu"),
            Map.entry('e', "ppd"),
            Map.entry('k', "ppH"),
            Map.entry('l', "pph"),
            Map.entry('c', "EEE MMM ppd HH:mm:ss uuuu"),
            Map.entry('x', "MM/dd/uu"),
            Map.entry('X', "HH:mm:ss"),
            Map.entry('u', "e"));

    private Dates() {}

    static String format(Clock clock, String format) {
        ZonedDateTime now = ZonedDateTime.now(clock);
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < format.length(); at++) {
            if (format.charAt(at) != '%' || at + 1 == format.length()) {
                out.append(format.charAt(at));
                continue;
            }
            char code = format.charAt(++at);
            boolean unpadded = code == '-' && at + 1 < format.length();
            if (unpadded) {
                code = format.charAt(++at);
            }
            String text = field(now, code);
            out.append(unpadded ? text.replaceFirst("^[0 ]+(?=.)", "") : text);
        }
        return out.toString();
    }

    private static String field(ZonedDateTime now, char code) {
        switch (code) {
            case '%' -> {
                return "%";
            }
            case 'n' -> {
                return "\n";
            }
            case 't' -> {
                return "\t";
            }
            case 's' -> {
                return Long.toString(now.toEpochSecond());
            }
            case 'u' -> {
                return Integer.toString(now.getDayOfWeek().getValue());
            }
            case 'w' -> {
                return Integer.toString(now.getDayOfWeek().getValue() % 7);
            }
            case 'U', 'W' -> {
                int weekday = now.getDayOfWeek().getValue() % 7;
                int begun = code == 'U' ? weekday : (weekday + 6) % 7;
                return "%02d".formatted((now.getDayOfYear() + 6 - begun) / 7);
            }
            case 'V' -> {
                return "%02d".formatted(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            }
            case 'G' -> {
                return Integer.toString(now.get(IsoFields.WEEK_BASED_YEAR));
            }
            case 'C' -> {
                return "%02d".formatted(now.getYear() / 100);
            }
            case 'P' -> {
                return field(now, 'p').toLowerCase(Locale.ROOT);
            }
            case 'z', 'Z' -> {
                // Python's datetime.now() knows no zone.
                return "";
            }
            default -> {}
        }
        String pattern = PATTERNS.get(code);
        if (pattern == null) {
            throw new TemplateException("strftime_now does not know %" + code);
        }
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
    }
}
