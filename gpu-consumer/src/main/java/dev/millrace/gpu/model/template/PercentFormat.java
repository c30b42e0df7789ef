package dev.millrace.gpu.model.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code '%s and %d' % (a, b)}. */
final class PercentFormat {

    private static final Pattern FIELD =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ #0]*)(\\d*)(?:\\.(\\d+))?[hlL]?(.?)", Pattern.DOTALL);

    private PercentFormat() {}

    static String apply(Run run, String format, Object values) {
        List<Object> given = values instanceof Tuple tuple ? tuple : List.of(values);
        int next = 0;
        boolean named = false;
        StringBuilder out = new StringBuilder();
        Matcher field = FIELD.matcher(format);
        int from = 0;
        while (field.find(from)) {
            out.append(format, from, field.start());
            from = field.end();
            String kind = field.group(5);
            if (kind.equals("%")) {
                out.append('%');
                continue;
            }
            Object value;
            if (field.group(1) != null) {
                named = true;
                value = named(values, field.group(1));
            } else if (next < given.size()) {
                value = given.get(next++);
            } else {
                throw new TemplateException("not enough arguments for format string");
            }
            out.append(padded(run, field, body(run, kind, field.group(4), value)));
            run.text(out.length());
        }
        if (!named && next < given.size() && !isContainer(values)) {
            throw new TemplateException("not all arguments converted during string formatting");
        }
        return run.text(out.append(format.substring(from)).toString());
    }

    /** Python lets a format without fields pass over these in silence. */
    private static boolean isContainer(Object values) {
        return values instanceof Map<?, ?> || values instanceof List<?> && !(values instanceof Tuple);
    }

    private static Object named(Object values, String name) {
        if (!(values instanceof Map<?, ?> map)) {
            throw new TemplateException("format requires a mapping");
        }
        Object value = map.get(name);
        if (value == null) {
            throw new TemplateException("'" + name + "'");
        }
        return value;
    }

    private static String body(Run run, String kind, String precision, Object value) {
        switch (kind) {
            case "s", "r", "a" -> {
                String text = kind.equals("s") ? Printing.print(run, value) : Printing.inside(run, value);
                int most = precision == null ? Integer.MAX_VALUE : digits(precision);
                return Values.length(text) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most));
            }
            case "d", "i", "u", "x", "X", "o" -> {
                return digits(kind, precision == null ? 0 : digits(precision), value);
            }
            case "e", "E", "f", "F", "g", "G" -> {
                return real(kind, precision == null ? 6 : digits(precision), value);
            }
            case "c" -> {
                return value instanceof String letter && Values.length(letter) == 1
                        ? letter
                        : letter(whole(kind, value));
            }
            default -> throw new TemplateException("unsupported format character '" + kind + "'");
        }
    }

    static String letter(BigInteger point) {
        if (point.bitLength() > 30 || !Character.isValidCodePoint(point.intValue())) {
            throw new TemplateException("%c arg not in range(0x110000)");
        }
        return Character.toString(point.intValue());
    }

    private static String digits(String kind, int least, Object value) {
        BigInteger whole = whole(kind, value);
        int base = kind.equals("o") ? 8 : kind.equalsIgnoreCase("x") ? 16 : 10;
        String digits = whole.abs().toString(base);
        digits = "0".repeat(Math.max(0, least - digits.length())) + digits;
        return (whole.signum() < 0 ? "-" : "") + (kind.equals("X") ? digits.toUpperCase(Locale.ROOT) : digits);
    }

    private static String real(String kind, int places, Object value) {
        if (!Numbers.isNumber(value)) {
            throw new TemplateException("must be real number, not " + Values.typeName(value));
        }
        double real = Numbers.real(value);
        double size = Math.abs(real);
        String digits = Double.isNaN(size) || Double.isInfinite(size)
                ? Numbers.print(size)
                : switch (kind) {
                    case "e", "E" -> Decimals.scientific(size, places);
                    case "g", "G" -> Decimals.general(size, places);
                    default -> Decimals.fixed(size, places);
                };
        String signed = Double.doubleToRawLongBits(real) < 0 && !Double.isNaN(real) ? "-" + digits : digits;
        return "EFG".contains(kind) ? signed.toUpperCase(Locale.ROOT) : signed;
    }

    private static BigInteger whole(String kind, Object value) {
        if (!Numbers.isNumber(value)) {
            throw new TemplateException(
                    "%" + kind + " format: a real number is required, not " + Values.typeName(value));
        }
        if ("xXoc".contains(kind) && value instanceof Double) {
            throw new TemplateException("%" + kind + " format: an integer is required, not float");
        }
        return value instanceof Double real ? new BigDecimal(real).toBigInteger() : Numbers.big(value);
    }

    private static String padded(Run run, Matcher field, String body) {
        String flags = field.group(2);
        int width = field.group(3).isEmpty() ? 0 : digits(field.group(3));
        boolean number = "diuxXoeEfFgG".contains(field.group(5));
        String sign = body.startsWith("-") && number ? "-" : "";
        String digits = body.substring(sign.length());
        if (number && sign.isEmpty()) {
            sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        }
        if (flags.contains("#") && "xXo".contains(field.group(5))) {
            sign += "0" + field.group(5);
        }
        if (flags.contains("-")) {
            return Text.pad(run, sign + digits, width, " ", false, true);
        }
        return number && flags.contains("0")
                ? sign + Text.pad(run, digits, width - sign.length(), "0", true, false)
                : Text.pad(run, sign + digits, width, " ", true, false);
    }

    private static int digits(String number) {
        if (number.length() > 4) {
            throw new TemplateException("a format field would be " + number + " characters wide");
        }
        return Integer.parseInt(number);
    }
}
