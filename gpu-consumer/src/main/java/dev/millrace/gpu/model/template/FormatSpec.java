package dev.millrace.gpu.model.template;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands behind the colon of a format field: {@code [[fill]align][sign][#][0][width][,][.precision][type]}. */
final class FormatSpec {

    private static final Pattern SPEC = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,4})?([,_])?(?:\\.(\\d{1,4}))?([a-zA-Z%])?", Pattern.DOTALL);

    private final Run run;
    private final Object value;
    private final Matcher spec;
    private final String kind;

    private FormatSpec(Run run, String text, Object value) {
        this.run = run;
        this.value = value;
        spec = SPEC.matcher(text);
        if (!spec.matches()) {
            throw new TemplateException("Invalid format specifier '" + text + "'");
        }
        kind = group(9);
    }

    static String apply(Run run, String text, Object value) {
        if (text.isEmpty()) {
            return Printing.print(run, value);
        }
        return new FormatSpec(run, text, value).formatted();
    }

    private String group(int index) {
        String found = spec.group(index);
        return found == null ? "" : found;
    }

    private @Nullable Integer number(int index) {
        return spec.group(index) == null ? null : Integer.valueOf(spec.group(index));
    }

    private String formatted() {
        if (value instanceof String text) {
            return text(text);
        }
        if (!Numbers.isNumber(value)) {
            throw new TemplateException(
                    "unsupported format string passed to " + Values.typeName(value) + ".__format__");
        }
        boolean apart = kind.equals("n") || kind.equals("c") || group(7).equals(",") && "boxX".contains(kind);
        if (spec.group(7) != null && apart && !kind.isEmpty()) {
            throw new TemplateException("Cannot specify '" + group(7) + "' with '" + kind + "'.");
        }
        boolean whole = !(value instanceof Double);
        if (whole && (kind.isEmpty() || "bcdnoxX".contains(kind))) {
            return whole(Numbers.big(value));
        }
        if (!kind.isEmpty() && !"eEfFgGn%".contains(kind)) {
            throw unknown();
        }
        return real(Numbers.real(value));
    }

    private void refuse(int index, String why) {
        if (spec.group(index) != null) {
            throw new TemplateException(why);
        }
    }

    private TemplateException unknown() {
        return new TemplateException(
                "Unknown format code '" + kind + "' for object of type '" + Values.typeName(value) + "'");
    }

    private String text(String text) {
        if (!kind.isEmpty() && !kind.equals("s")) {
            throw unknown();
        }
        refuse(3, "Sign not allowed in string format specifier");
        refuse(4, "Alternate form (#) not allowed in string format specifier");
        refuse(7, "Cannot specify '" + group(7) + "' with 's'.");
        if (group(2).equals("=")) {
            throw new TemplateException("'=' alignment not allowed in string format specifier");
        }
        Integer given = number(8);
        int most = given == null ? Integer.MAX_VALUE : given;
        String shown = Values.length(text) > most ? text.substring(0, text.offsetByCodePoints(0, most)) : text;
        String fill = spec.group(1) != null ? group(1) : spec.group(5) != null ? "0" : " ";
        return padded("", shown, spec.group(2) == null ? "<" : group(2), fill);
    }

    private String whole(BigInteger number) {
        refuse(8, "Precision not allowed in integer format specifier");
        if (kind.equals("c")) {
            return padded("", PercentFormat.letter(number), spec.group(2) == null ? "<" : group(2), " ");
        }
        int base = kind.equals("b") ? 2 : kind.equals("o") ? 8 : kind.equalsIgnoreCase("x") ? 16 : 10;
        String digits = number.abs().toString(base);
        String prefix = spec.group(4) == null || base == 10 ? "" : "0" + kind;
        digits = kind.equals("X") ? digits.toUpperCase(Locale.ROOT) : digits;
        return padded(sign(number.signum() < 0) + prefix, digits, base == 10 ? 3 : 4);
    }

    private String real(double real) {
        refuse(4, "Alternate form (#) is not supported for real numbers");
        boolean below = Double.doubleToRawLongBits(real) < 0 && !Double.isNaN(real);
        double size = Math.abs(kind.equals("%") ? real * 100 : real);
        String digits = Double.isNaN(size) || Double.isInfinite(size) ? Numbers.print(size) : digits(size);
        digits = "EFG".contains(kind) && !kind.isEmpty() ? digits.toUpperCase(Locale.ROOT) : digits;
        return padded(sign(below), digits + (kind.equals("%") ? "%" : ""), 3);
    }

    private String digits(double size) {
        Integer given = number(8);
        int places = given == null ? 6 : given;
        return switch (kind.toLowerCase(Locale.ROOT)) {
            case "e" -> Decimals.scientific(size, places);
            case "f", "%" -> Decimals.fixed(size, places);
            case "g", "n" -> Decimals.general(size, places);
            default -> given == null ? Numbers.print(size) : likeNumber(size, Math.max(1, given));
        };
    }

    /** Without a kind it is to look like a real number: one digit behind the point at least. */
    private static String likeNumber(double size, int significant) {
        int exponent = Decimals.exponent(size, significant);
        if (exponent >= significant - 1) {
            return Decimals.shortScientific(size, significant);
        }
        String text = Decimals.general(size, significant);
        return text.contains(".") || text.contains("e") ? text : text + ".0";
    }

    private String sign(boolean below) {
        String wanted = group(3);
        return below ? "-" : wanted.equals("+") || wanted.equals(" ") ? wanted : "";
    }

    /** With the separator between groups of digits, if one is asked for. */
    private String grouped(String digits, int size) {
        StringBuilder out = new StringBuilder(digits);
        int whole = 0;
        while (whole < digits.length() && Character.digit(digits.charAt(whole), 16) >= 0) {
            whole++;
        }
        for (int at = whole - size; at > 0; at -= size) {
            out.insert(at, group(7));
        }
        return out.toString();
    }

    private String padded(String sign, String plain, int size) {
        boolean zeros = spec.group(5) != null;
        String align = spec.group(2) == null ? zeros ? "=" : ">" : group(2);
        String fill = spec.group(1) == null ? zeros ? "0" : " " : group(1);
        String digits = grouped(plain, size);
        Integer width = number(6);
        if (width != null && align.equals("=") && fill.equals("0") && spec.group(7) != null) {
            // Zeros are grouped too, and no separator comes first.
            String more = plain;
            while (Values.length(digits) < width - sign.length()) {
                more = "0" + more;
                digits = grouped(more, size);
            }
        }
        return padded(sign, digits, align, fill);
    }

    private String padded(String sign, String digits, String align, String fill) {
        Integer width = number(6);
        if (width == null) {
            return sign + digits;
        }
        return switch (align) {
            case "=" -> sign + Text.pad(run, digits, width - sign.length(), fill, true, false);
            case "^" -> centred(sign + digits, width, fill);
            default -> Text.pad(run, sign + digits, width, fill, align.equals(">"), align.equals("<"));
        };
    }

    /** What does not divide goes behind. */
    private String centred(String text, int width, String fill) {
        long length = Values.length(text);
        long before = Math.max(0, (width - length) / 2);
        return Text.pad(run, Text.pad(run, text, length + before, fill, true, false), width, fill, false, true);
    }
}
