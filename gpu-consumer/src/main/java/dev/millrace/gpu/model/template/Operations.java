package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What operators do, and how attributes, elements and slices are found. */
final class Operations {

    private Operations() {}

    static Object binary(Run run, String operator, Object left, Object right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.apply(operator, left, right);
        }
        if (left instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (operator.equals("%") && left instanceof String format) {
            return PercentFormat.apply(run, format, right);
        }
        if (right instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (operator.equals("+")) {
            return plus(run, left, right);
        }
        if (operator.equals("*") && isCount(right) && isSequence(left)) {
            return repeat(run, left, Values.index(right));
        }
        if (operator.equals("*") && isCount(left) && isSequence(right)) {
            return repeat(run, right, Values.index(left));
        }
        String name = operator.equals("**") ? "** or pow()" : operator;
        throw new TemplateException("unsupported operand type(s) for " + name + ": '" + Values.typeName(left)
                + "' and '" + Values.typeName(right) + "'");
    }

    private static boolean isCount(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    private static boolean isSequence(Object value) {
        return value instanceof String || value instanceof List<?> && !(value instanceof Range);
    }

    private static Object plus(Run run, Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            run.text((long) a.length() + b.length());
            return a + b;
        }
        if (isSequence(left)
                && left instanceof List<?> a
                && right instanceof List<?> b
                && Values.typeName(left).equals(Values.typeName(right))) {
            run.elements((long) a.size() + b.size());
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return left instanceof Tuple ? new Tuple(both) : both;
        }
        String type = Values.typeName(left);
        if (isSequence(left)) {
            throw new TemplateException(
                    "can only concatenate " + type + " (not \"" + Values.typeName(right) + "\") to " + type);
        }
        throw new TemplateException(
                "unsupported operand type(s) for +: '" + type + "' and '" + Values.typeName(right) + "'");
    }

    private static Object repeat(Run run, Object value, long times) {
        long count = Math.max(0, times);
        if (value instanceof String text) {
            run.text(text.isEmpty() ? 0 : multiply(text.length(), count));
            return text.isEmpty() ? "" : text.repeat((int) count);
        }
        List<?> list = (List<?>) value;
        run.elements(multiply(list.size(), count));
        List<Object> all = new ArrayList<>();
        if (!list.isEmpty()) {
            Collections.nCopies((int) count, list).forEach(all::addAll);
        }
        return value instanceof Tuple ? new Tuple(all) : all;
    }

    private static long multiply(long a, long b) {
        return a == 0 || b <= Long.MAX_VALUE / a ? a * b : Long.MAX_VALUE;
    }

    static Object unary(String operator, Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!Numbers.isNumber(value)) {
            throw new TemplateException(
                    "bad operand type for unary " + operator + ": '" + Values.typeName(value) + "'");
        }
        return operator.equals("-")
                ? Numbers.negate(value)
                : value instanceof Boolean ? Numbers.whole(Numbers.big(value)) : value;
    }

    /** {@code value.name}: what the value itself has first, then its elements. */
    static Object attribute(Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Object own = own(value, name);
        if (own == null && value instanceof Map<?, ?> map) {
            own = map.get(name);
        }
        return own == null ? new Undefined("'" + described(value) + "' has no attribute '" + name + "'") : own;
    }

    /** {@code value[key]}: elements first, then what the value itself has. */
    static Object item(Run run, Object value, Object key) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Object found = null;
        if (value instanceof Map<?, ?> map) {
            found = map.get(key);
        } else if (key instanceof Long || key instanceof Boolean) {
            found = element(value, Values.index(key));
        }
        if (found == null && key instanceof String name) {
            Object own = own(value, name);
            return own == null ? new Undefined("'" + described(value) + "' has no attribute '" + name + "'") : own;
        }
        return found == null ? new Undefined(described(value) + " has no element " + Printing.inside(run, key)) : found;
    }

    private static @Nullable Object own(Object value, String name) {
        if (value instanceof Map<?, ?>) {
            return DictMethods.bound(Values.map(value), name);
        }
        if (value instanceof String text) {
            return TextMethods.bound(text, name);
        }
        if (value instanceof List<?> list) {
            Object named = value instanceof Tuple tuple ? tuple.named(name) : null;
            return named == null ? ListMethods.bound(list, name) : named;
        }
        if (value instanceof Namespace namespace) {
            return namespace.attributes().get(name);
        }
        if (value instanceof Loop loop) {
            return loop.attribute(name);
        }
        return value instanceof Macro macro && name.equals("name") ? macro.name() : null;
    }

    private static @Nullable Object element(Object value, long index) {
        if (!(value instanceof String) && !(value instanceof List<?>)) {
            return null;
        }
        long length = Values.length(value);
        long at = index < 0 ? index + length : index;
        if (at < 0 || at >= length) {
            return null;
        }
        return value instanceof String text
                ? Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) at)))
                : ((List<?>) value).get((int) at);
    }

    private static String described(Object value) {
        return value == None.NONE ? "None" : Values.typeName(value) + " object";
    }

    static Object slice(Run run, Object value, Object from, Object to, Object by) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!(value instanceof String) && !(value instanceof List<?>)) {
            throw new TemplateException(
                    value instanceof Map<?, ?>
                            ? "unhashable type: 'slice'"
                            : "'" + Values.typeName(value) + "' object is not subscriptable");
        }
        long length = Values.length(value);
        long step = by == None.NONE ? 1 : Values.index(by);
        if (step == 0) {
            throw new TemplateException("slice step cannot be zero");
        }
        long start = bound(from, step > 0 ? 0 : length - 1, length, step);
        long stop = bound(to, step > 0 ? length : -1, length, step);
        if (value instanceof String text && step == 1) {
            run.text(text.length());
            int begin = text.offsetByCodePoints(0, (int) start);
            return stop <= start ? "" : text.substring(begin, text.offsetByCodePoints(begin, (int) (stop - start)));
        }
        List<Object> all = Values.elements(run, value);
        List<Object> chosen = new ArrayList<>();
        for (long at = start; step > 0 ? at < stop : at > stop; at += step) {
            chosen.add(all.get((int) at));
            if (step > length || step < -length) {
                break;
            }
        }
        if (value instanceof String) {
            return String.join("", chosen.stream().map(Values::string).toList());
        }
        return value instanceof Tuple ? new Tuple(chosen) : chosen;
    }

    private static long bound(Object given, long otherwise, long length, long step) {
        if (given == None.NONE) {
            return otherwise;
        }
        long at = Values.index(given);
        at = at < 0 ? Math.max(at, -length - 1) + length : at;
        return step > 0 ? Math.max(0, Math.min(at, length)) : Math.max(-1, Math.min(at, length - 1));
    }

    static Object call(Run run, Object callee, Arguments arguments) {
        if (callee instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (callee instanceof Callable callable) {
            run.step();
            return callable.call(run, arguments);
        }
        throw new TemplateException("'" + Values.typeName(callee) + "' object is not callable");
    }
}
