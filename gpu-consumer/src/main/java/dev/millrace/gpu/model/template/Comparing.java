package dev.millrace.gpu.model.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Equality, order and membership, as Python has them. */
final class Comparing {

    private Comparing() {}

    static boolean equal(Object left, Object right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return left instanceof Double || right instanceof Double
                    ? Numbers.real(left) == Numbers.real(right)
                    : Numbers.big(left).equals(Numbers.big(right));
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return Values.typeName(left).equals(Values.typeName(right)) && equalElements(a, b);
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return a.size() == b.size()
                    && a.entrySet().stream()
                            .allMatch(entry -> b.containsKey(entry.getKey())
                                    && equal(entry.getValue(), Values.map(b).getOrDefault(entry.getKey(), None.NONE)));
        }
        if (left instanceof Undefined && right instanceof Undefined) {
            return true;
        }
        return left instanceof String ? left.equals(right) : left == right;
    }

    private static boolean equalElements(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean holds(Run run, String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(run, right, left);
            case "not in" -> !contains(run, right, left);
            case "<" -> ordered(operator, left, right) && compare(operator, left, right) < 0;
            case "<=" -> ordered(operator, left, right) && compare(operator, left, right) <= 0;
            case ">" -> ordered(operator, left, right) && compare(operator, left, right) > 0;
            default -> ordered(operator, left, right) && compare(operator, left, right) >= 0;
        };
    }

    /** False where one is no number at all, which compares as neither less nor more. */
    private static boolean ordered(String operator, Object left, Object right) {
        return !(left instanceof Double a && a.isNaN()) && !(right instanceof Double b && b.isNaN());
    }

    static int compare(String operator, Object left, Object right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            if (left instanceof Double || right instanceof Double) {
                return exact(left) && exact(right)
                        ? decimal(left).compareTo(decimal(right))
                        : Double.compare(Numbers.real(left), Numbers.real(right));
            }
            return Numbers.big(left).compareTo(Numbers.big(right));
        }
        if (left instanceof String a && right instanceof String b) {
            return byCodePoint(a, b);
        }
        if (left instanceof List<?> a
                && right instanceof List<?> b
                && Values.typeName(left).equals(Values.typeName(right))) {
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                if (!equal(a.get(i), b.get(i))) {
                    return compare(operator, a.get(i), b.get(i));
                }
            }
            return Integer.compare(a.size(), b.size());
        }
        if (left instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.used();
        }
        throw new TemplateException("'" + operator + "' not supported between instances of '" + Values.typeName(left)
                + "' and '" + Values.typeName(right) + "'");
    }

    private static boolean exact(Object number) {
        return !(number instanceof Double real) || !real.isInfinite();
    }

    private static BigDecimal decimal(Object number) {
        return number instanceof Double real ? new BigDecimal(real) : new BigDecimal(Numbers.big(number));
    }

    private static int byCodePoint(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean surrogates = Character.isSurrogate(a) != Character.isSurrogate(b);
                return surrogates ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    static boolean contains(Run run, Object container, Object element) {
        if (container instanceof String text) {
            run.charge(text.length() / 64);
            if (element instanceof String part) {
                return text.contains(part);
            }
            throw element instanceof Undefined undefined
                    ? undefined.used()
                    : new TemplateException(
                            "'in <string>' requires string as left operand, not " + Values.typeName(element));
        }
        if (container instanceof Map<?, ?> map) {
            if (element instanceof Map<?, ?> || element instanceof List<?> && !(element instanceof Tuple)) {
                throw new TemplateException("unhashable type: '" + Values.typeName(element) + "'");
            }
            return map.containsKey(element);
        }
        if (!Values.isIterable(container)) {
            throw new TemplateException("argument of type '" + Values.typeName(container) + "' is not iterable");
        }
        return Values.elements(run, container).stream().anyMatch(each -> equal(each, element));
    }
}
