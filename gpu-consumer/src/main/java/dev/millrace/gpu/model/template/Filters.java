package dev.millrace.gpu.model.template;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filters: what may follow a bar. Those over elements are in {@link SequenceFilters}. */
final class Filters {

    @FunctionalInterface
    interface Filter {
        Object apply(Run run, Object value, Arguments arguments);
    }

    private static final Map<String, Filter> FILTERS = Map.ofEntries(
            entry("tojson", Json::write),
            entry("string", (run, value, arguments) -> Printing.print(run, value)),
            entry("safe", (run, value, arguments) -> Printing.print(run, value)),
            entry("upper", (run, value, arguments) -> run.text(Text.upper(Printing.print(run, value)))),
            entry("lower", (run, value, arguments) -> run.text(Text.lower(Printing.print(run, value)))),
            entry("capitalize", (run, value, arguments) -> Text.capitalize(Printing.print(run, value))),
            entry("title", (run, value, arguments) -> TextFilters.title(Printing.print(run, value))),
            entry("trim", TextFilters::trim),
            entry("replace", TextFilters::replace),
            entry("indent", TextFilters::indent),
            entry("center", TextFilters::center),
            entry("truncate", TextFilters::truncate),
            entry("escape", TextFilters::escape),
            entry("e", TextFilters::escape),
            entry("format", TextFilters::format),
            entry("wordcount", TextFilters::wordcount),
            entry("length", (run, value, arguments) -> Values.length(value)),
            entry("count", (run, value, arguments) -> Values.length(value)),
            entry("int", Filters::whole),
            entry("float", Filters::real),
            entry("abs", Filters::absolute),
            entry("round", Filters::round),
            entry("default", Filters::otherwise),
            entry("d", Filters::otherwise),
            entry("attr", Filters::attribute),
            entry("items", Filters::items));

    private Filters() {}

    static boolean isKnown(String name) {
        return FILTERS.containsKey(name) || SequenceFilters.FILTERS.containsKey(name);
    }

    static Object apply(Run run, String name, Object value, Arguments arguments) {
        Filter filter = FILTERS.get(name);
        Filter found = filter == null ? SequenceFilters.FILTERS.get(name) : filter;
        if (found == null) {
            throw new TemplateException("No filter named '" + name + "'.");
        }
        return found.apply(run, value, arguments);
    }

    private static Object whole(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("int", "default", "base");
        Object otherwise = given[0] == null ? (Object) 0L : given[0];
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (value instanceof Double real) {
            return real.isNaN() || real.isInfinite() ? otherwise : Numbers.whole(new BigDecimal(real).toBigInteger());
        }
        if (Numbers.isNumber(value)) {
            return Numbers.whole(Numbers.big(value));
        }
        if (!(value instanceof String text)) {
            return otherwise;
        }
        String digits = Text.strip(text, Text::isSpace, true, true).replace("_", "");
        if (digits.length() > 4_000) {
            return otherwise;
        }
        try {
            int base = given[1] == null ? 10 : (int) Values.index(given[1]);
            return Numbers.whole(new BigInteger(withoutPrefix(digits, base), base));
        } catch (NumberFormatException notWhole) {
            Double real = parse(digits);
            return real == null || real.isNaN() || real.isInfinite()
                    ? otherwise
                    : Numbers.whole(new BigDecimal(real).toBigInteger());
        }
    }

    /** Digits may say themselves which base they are in, if it is the one that was asked for. */
    private static String withoutPrefix(String digits, int base) {
        String prefix = base == 16 ? "[xX]" : base == 8 ? "[oO]" : base == 2 ? "[bB]" : "";
        return prefix.isEmpty() ? digits : digits.replaceFirst("^([+-]?)0" + prefix + "(?=[^+-])", "$1");
    }

    private static Object real(Run run, Object value, Arguments arguments) {
        Object otherwise = arguments.bind("float", "default")[0];
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (Numbers.isNumber(value)) {
            return Numbers.real(value);
        }
        Double real = value instanceof String text ? parse(Text.strip(text, Text::isSpace, true, true)) : null;
        return real != null ? real : otherwise == null ? (Object) 0.0 : otherwise;
    }

    private static @Nullable Double parse(String text) {
        if (text.matches("(?i)[+-]?(inf|infinity)")) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (text.matches("(?i)[+-]?nan")) {
            return Double.NaN;
        }
        return text.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?") ? Double.valueOf(text) : null;
    }

    private static Object absolute(Run run, Object value, Arguments arguments) {
        if (!Numbers.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.used()
                    : new TemplateException("bad operand type for abs(): '" + Values.typeName(value) + "'");
        }
        return value instanceof Double real
                ? (Object) Math.abs(real)
                : Numbers.whole(Numbers.big(value).abs());
    }

    private static Object round(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("round", "precision", "method");
        int precision = given[0] == null ? 0 : (int) Values.index(given[0]);
        String method = given[1] == null ? "common" : Values.string(given[1]);
        if (!List.of("common", "ceil", "floor").contains(method)) {
            throw new TemplateException("method must be common, ceil or floor");
        }
        if (!Numbers.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.used()
                    : new TemplateException("type " + Values.typeName(value) + " doesn't define __round__ method");
        }
        RoundingMode mode = method.equals("common")
                ? RoundingMode.HALF_EVEN
                : method.equals("ceil") ? RoundingMode.CEILING : RoundingMode.FLOOR;
        double real = Numbers.real(value);
        if (Double.isNaN(real) || Double.isInfinite(real) || Math.abs(precision) > 300) {
            return real;
        }
        double rounded = new BigDecimal(real).setScale(precision, mode).doubleValue();
        if (method.equals("common")) {
            rounded = Math.copySign(rounded, real);
        }
        return value instanceof Double || !method.equals("common")
                ? (Object) rounded
                : Numbers.whole(new BigDecimal(Numbers.big(value))
                        .setScale(precision, mode)
                        .toBigInteger());
    }

    private static Object otherwise(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("default", "default_value", "boolean");
        boolean falseToo = given[1] != null && Values.truth(given[1]);
        boolean missing = value instanceof Undefined || (falseToo && !Values.truth(value));
        return !missing ? value : given[0] == null ? "" : given[0];
    }

    private static Object attribute(Run run, Object value, Arguments arguments) {
        String name = Values.string(arguments.only("attr"));
        if (value instanceof Map<?, ?> map) {
            // Attributes only, never elements.
            Callable own = DictMethods.bound(Values.map(map), name);
            return own == null ? new Undefined("'dict object' has no attribute '" + name + "'") : own;
        }
        return Operations.attribute(value, name);
    }

    private static Object items(Run run, Object value, Arguments arguments) {
        if (value instanceof Undefined) {
            return new OneShot(List.of());
        }
        if (value instanceof Map<?, ?> map) {
            return new OneShot(DictMethods.items(run, map));
        }
        throw new TemplateException("Can only get item pairs from a mapping.");
    }
}
