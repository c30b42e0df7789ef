package dev.millrace.gpu.model.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** A real number's size in as many digits as are asked for, as C prints it; the sign is the caller's. */
final class Decimals {

    private Decimals() {}

    static String fixed(double size, int places) {
        return new BigDecimal(size).setScale(places, RoundingMode.HALF_EVEN).toPlainString();
    }

    /** One digit, its fraction and a power of ten. */
    static String scientific(double size, int places) {
        BigDecimal rounded = rounded(size, places + 1);
        StringBuilder digits = new StringBuilder(rounded.unscaledValue().toString());
        int exponent = size == 0 ? 0 : digits.length() - 1 - rounded.scale();
        while (digits.length() <= places) {
            digits.append('0');
        }
        digits.setLength(places + 1);
        return (places == 0 ? digits : digits.insert(1, '.')) + power(exponent);
    }

    /** Whichever of the two is shorter, without zeros at its end. */
    static String general(double size, int digits) {
        int significant = Math.max(1, digits);
        int exponent = exponent(size, significant);
        if (exponent < -4 || exponent >= significant) {
            return shortScientific(size, significant);
        }
        return withoutZeros(fixed(size, significant - 1 - exponent));
    }

    /** So many digits and a power of ten, without zeros at the digits' end. */
    static String shortScientific(double size, int significant) {
        String text = scientific(size, significant - 1);
        int power = text.indexOf('e');
        return withoutZeros(text.substring(0, power)) + text.substring(power);
    }

    /** The power of ten of the first digit once the number has been rounded. */
    static int exponent(double size, int significant) {
        BigDecimal rounded = rounded(size, significant);
        return size == 0 ? 0 : rounded.precision() - 1 - rounded.scale();
    }

    private static BigDecimal rounded(double size, int significant) {
        return new BigDecimal(size).round(new MathContext(significant, RoundingMode.HALF_EVEN));
    }

    private static String withoutZeros(String text) {
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }

    private static String power(int exponent) {
        return "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
