package dev.millrace.gpu.model.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Arithmetic as Python does it: whole numbers of any size, true division, remainders with the divisor's sign. */
final class Numbers {

    private static final int MOST_BITS = 1 << 16;

    private Numbers() {}

    static boolean isNumber(Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    static Object whole(BigInteger value) {
        if (value.bitLength() > MOST_BITS) {
            throw new TemplateException("a number would have more than " + MOST_BITS + " bits");
        }
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    static BigInteger big(Object value) {
        if (value instanceof BigInteger big) {
            return big;
        }
        return value instanceof Boolean flag
                ? (flag ? BigInteger.ONE : BigInteger.ZERO)
                : BigInteger.valueOf((Long) value);
    }

    static double real(Object value) {
        return value instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) value).doubleValue();
    }

    static Object apply(String operator, Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            return real(operator, real(left), real(right));
        }
        BigInteger a = big(left);
        BigInteger b = big(right);
        return switch (operator) {
            case "+" -> whole(a.add(b));
            case "-" -> whole(a.subtract(b));
            case "*" -> whole(a.multiply(b));
            case "/" -> a.doubleValue() / nonZero(b).doubleValue();
            case "//" -> whole(floor(a, nonZero(b)));
            case "%" -> whole(a.subtract(floor(a, nonZero(b)).multiply(b)));
            default -> power(a, b);
        };
    }

    private static Object real(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new TemplateException(
                    operator.equals("/") ? "float division by zero" : "float floor division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> remainder(a, b);
            default -> Math.pow(a, b);
        };
    }

    private static double remainder(double a, double b) {
        double rest = a % b;
        return rest == 0 ? Math.copySign(rest, b) : (rest < 0) != (b < 0) ? rest + b : rest;
    }

    private static Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return Math.pow(base.doubleValue(), exponent.doubleValue());
        }
        int bits = base.abs().bitLength();
        if (bits > 1 && (exponent.bitLength() > 20 || (long) bits * exponent.intValue() > MOST_BITS)) {
            throw new TemplateException("a number would have more than " + MOST_BITS + " bits");
        }
        return whole(bits > 1 ? base.pow(exponent.intValue()) : unitPower(base, exponent));
    }

    private static BigInteger unitPower(BigInteger base, BigInteger exponent) {
        if (exponent.signum() == 0) {
            return BigInteger.ONE;
        }
        return exponent.testBit(0) ? base : base.multiply(base);
    }

    private static BigInteger floor(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        return below ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static BigInteger nonZero(BigInteger divisor) {
        if (divisor.signum() == 0) {
            throw new TemplateException("division by zero");
        }
        return divisor;
    }

    static Object negate(Object value) {
        return value instanceof Double real
                ? (Object) (-real)
                : whole(big(value).negate());
    }

    /** The shortest decimal that reads back as the same number, in Python's notation. */
    static String print(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal shortest = exact;
        for (int digits = 1; digits <= 17; digits++) {
            shortest = exact.round(new MathContext(digits));
            if (shortest.doubleValue() == value) {
                break;
            }
        }
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        digits = digits.replaceFirst("0+$", "");
        return (value < 0 ? "-" : "") + place(digits, exponent);
    }

    private static String place(String digits, int exponent) {
        if (exponent < -4 || exponent >= 16) {
            String rest = digits.length() > 1 ? "." + digits.substring(1) : "";
            return digits.charAt(0) + rest + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "")
                    + Math.abs(exponent);
        }
        if (exponent < 0) {
            return "0." + "0".repeat(-exponent - 1) + digits;
        }
        String padded = digits + "0".repeat(Math.max(0, exponent + 2 - digits.length()));
        return padded.substring(0, exponent + 1) + "." + padded.substring(exponent + 1);
    }
}
