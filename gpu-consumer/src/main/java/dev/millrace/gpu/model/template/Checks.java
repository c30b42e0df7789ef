package dev.millrace.gpu.model.template;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The tests: what may follow {@code is}. */
final class Checks {

    @FunctionalInterface
    private interface Check {
        boolean holds(Run run, Object value, Arguments arguments);
    }

    private static final Map<String, Check> CHECKS = Map.ofEntries(
            entry("defined", plain(value -> !(value instanceof Undefined))),
            entry("undefined", plain(value -> value instanceof Undefined)),
            entry("none", plain(value -> value == None.NONE)),
            entry("true", plain(value -> Boolean.TRUE.equals(value))),
            entry("false", plain(value -> Boolean.FALSE.equals(value))),
            entry("boolean", plain(value -> value instanceof Boolean)),
            entry("integer", plain(value -> value instanceof Number && !(value instanceof Double))),
            entry("float", plain(value -> value instanceof Double)),
            entry("number", plain(Numbers::isNumber)),
            entry("string", plain(value -> value instanceof String)),
            entry("mapping", plain(value -> value instanceof Map<?, ?>)),
            entry("iterable", plain(Values::isIterable)),
            entry("callable", plain(value -> value instanceof Callable || value instanceof Undefined)),
            entry("escaped", plain(value -> false)),
            entry(
                    "sequence",
                    plain(value -> value instanceof String
                            || value instanceof List<?>
                            || value instanceof Map<?, ?>
                            || value instanceof Undefined)),
            entry("lower", (run, value, arguments) -> Text.isCase(Printing.print(run, value), false)),
            entry("upper", (run, value, arguments) -> Text.isCase(Printing.print(run, value), true)),
            entry("odd", (run, value, arguments) -> remainder(value, 2L).equals(1L)),
            entry("even", (run, value, arguments) -> remainder(value, 2L).equals(0L)),
            entry("divisibleby", (run, value, arguments) -> remainder(value, arguments.only("divisibleby"))
                    .equals(0L)),
            entry("sameas", (run, value, arguments) -> isSame(value, arguments.only("sameas"))),
            entry("filter", (run, value, arguments) -> value instanceof String name && Filters.isKnown(name)),
            entry("test", (run, value, arguments) -> value instanceof String name && Checks.isKnown(name)),
            entry("in", operator("in")),
            entry("eq", operator("==")),
            entry("equalto", operator("==")),
            entry("==", operator("==")),
            entry("ne", operator("!=")),
            entry("!=", operator("!=")),
            entry("lt", operator("<")),
            entry("lessthan", operator("<")),
            entry("<", operator("<")),
            entry("le", operator("<=")),
            entry("<=", operator("<=")),
            entry("gt", operator(">")),
            entry("greaterthan", operator(">")),
            entry(">", operator(">")),
            entry("ge", operator(">=")),
            entry(">=", operator(">=")));

    private Checks() {}

    static boolean isKnown(String name) {
        return CHECKS.containsKey(name);
    }

    static boolean holds(Run run, String name, Object value, Arguments arguments) {
        Check check = CHECKS.get(name);
        if (check == null) {
            throw new TemplateException("No test named '" + name + "'.");
        }
        return check.holds(run, value, arguments);
    }

    private static Check plain(Predicate<Object> predicate) {
        return (run, value, arguments) -> {
            arguments.bind("test");
            return predicate.test(value);
        };
    }

    private static Check operator(String operator) {
        return (run, value, arguments) -> Comparing.holds(run, operator, value, arguments.only(operator));
    }

    private static Object remainder(Object value, Object divisor) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!Numbers.isNumber(value) || !Numbers.isNumber(divisor)) {
            throw new TemplateException("unsupported operand type(s) for %: '" + Values.typeName(value) + "' and '"
                    + Values.typeName(divisor) + "'");
        }
        Object rest = Numbers.apply("%", value, divisor);
        return rest instanceof Double real && real == Math.rint(real) ? (Object) real.longValue() : rest;
    }

    private static boolean isSame(Object left, Object right) {
        boolean plain = left instanceof Number || left instanceof String || left instanceof Boolean;
        return plain ? left.equals(right) : left == right;
    }
}
