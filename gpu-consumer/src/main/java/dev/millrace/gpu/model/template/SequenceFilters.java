package dev.millrace.gpu.model.template;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters over elements. */
final class SequenceFilters {

    static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            entry("list", (run, value, arguments) -> new ArrayList<>(Values.elements(run, value))),
            entry("first", SequenceFilters::first),
            entry("last", SequenceFilters::last),
            entry("join", SequenceFilters::join),
            entry("map", SequenceFilters::map),
            entry("select", (run, value, arguments) -> select(run, value, arguments, true)),
            entry("reject", (run, value, arguments) -> select(run, value, arguments, false)),
            entry("selectattr", (run, value, arguments) -> selectAttribute(run, value, arguments, true)),
            entry("rejectattr", (run, value, arguments) -> selectAttribute(run, value, arguments, false)),
            entry("reverse", SequenceFilters::reverse),
            entry("sort", SequenceFilters::sort),
            entry("dictsort", SequenceFilters::dictsort),
            entry("unique", SequenceFilters::unique),
            entry("groupby", SequenceFilters::groupby),
            entry("batch", Portions::batch),
            entry("slice", Portions::slice),
            entry("sum", SequenceFilters::sum),
            entry("min", (run, value, arguments) -> extreme(run, value, arguments, -1)),
            entry("max", (run, value, arguments) -> extreme(run, value, arguments, 1)));

    private SequenceFilters() {}

    private static Object first(Run run, Object value, Arguments arguments) {
        if (value instanceof OneShot lazy) {
            return lazy.next();
        }
        List<Object> elements = Values.elements(run, value);
        return elements.isEmpty() ? new Undefined("No first item, sequence was empty.") : elements.get(0);
    }

    private static Object last(Run run, Object value, Arguments arguments) {
        if (value instanceof OneShot) {
            throw new TemplateException("'generator' object is not reversible");
        }
        List<Object> elements = Values.elements(run, value);
        return elements.isEmpty()
                ? new Undefined("No last item, sequence was empty.")
                : elements.get(elements.size() - 1);
    }

    private static Object join(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("join", "d", "attribute");
        String separator = given[0] == null ? "" : Printing.print(run, given[0]);
        UnaryOperator<Object> part = attribute(run, given[1], null);
        StringBuilder out = new StringBuilder();
        String between = "";
        for (Object element : Values.elements(run, value)) {
            out.append(between).append(Printing.print(run, part.apply(element)));
            between = separator;
            run.text(out.length());
        }
        return out.toString();
    }

    /** A path such as {@code a.b.0} into an element; without one the element itself. */
    private static UnaryOperator<Object> attribute(Run run, @Nullable Object path, @Nullable Object otherwise) {
        if (path == null || path == None.NONE) {
            return element -> element;
        }
        List<Object> steps = new ArrayList<>();
        for (Object step : path instanceof String text ? Text.split(text, ".", -1) : List.of(path)) {
            boolean index = step instanceof String text
                    && !text.isEmpty()
                    && text.length() < 10
                    && text.chars().allMatch(Character::isDigit);
            steps.add(index ? (Object) Long.valueOf((String) step) : step);
        }
        return element -> {
            Object value = element;
            for (Object step : steps) {
                value = Operations.item(run, value, step);
                value = value instanceof Undefined && otherwise != null ? otherwise : value;
            }
            return value;
        };
    }

    /** The lazy filters ask first whether there is anything, so that nothing at all passes for no elements. */
    private static List<Object> some(Run run, Object value) {
        return Values.truth(value) ? Values.elements(run, value) : List.of();
    }

    private static Object map(Run run, Object value, Arguments arguments) {
        List<Object> mapped = new ArrayList<>();
        UnaryOperator<Object> change;
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            @Nullable Object[] given = arguments.bind("map", "attribute", "default");
            change = attribute(run, given[0], given[1]);
        } else if (arguments.positional().isEmpty()) {
            throw new TemplateException("map requires a filter argument");
        } else {
            String name = Values.string(arguments.positional().get(0));
            change = element -> Filters.apply(run, name, element, arguments.rest());
        }
        some(run, value).forEach(element -> mapped.add(change.apply(element)));
        return new OneShot(mapped);
    }

    private static Object select(Run run, Object value, Arguments arguments, boolean kept) {
        List<Object> chosen = new ArrayList<>();
        for (Object element : some(run, value)) {
            if (matches(run, element, arguments) == kept) {
                chosen.add(element);
            }
        }
        return new OneShot(chosen);
    }

    private static boolean matches(Run run, Object value, Arguments arguments) {
        run.step();
        return arguments.positional().isEmpty()
                ? Values.truth(value)
                : Checks.holds(run, Values.string(arguments.positional().get(0)), value, arguments.rest());
    }

    private static Object selectAttribute(Run run, Object value, Arguments arguments, boolean kept) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateException("Missing parameter for attribute name");
        }
        UnaryOperator<Object> part = attribute(run, arguments.positional().get(0), null);
        List<Object> chosen = new ArrayList<>();
        for (Object element : some(run, value)) {
            if (matches(run, part.apply(element), arguments.rest()) == kept) {
                chosen.add(element);
            }
        }
        return new OneShot(chosen);
    }

    private static Object reverse(Run run, Object value, Arguments arguments) {
        if (value instanceof String text) {
            return new StringBuilder(run.text(text)).reverse().toString();
        }
        List<Object> elements = new ArrayList<>(Values.elements(run, value));
        Collections.reverse(elements);
        return new OneShot(elements);
    }

    private static Comparator<Object> order(UnaryOperator<Object> part, boolean caseSensitive) {
        UnaryOperator<Object> key = folded(part, caseSensitive);
        return (a, b) -> Comparing.compare("<", key.apply(a), key.apply(b));
    }

    private static UnaryOperator<Object> folded(UnaryOperator<Object> part, boolean caseSensitive) {
        return element -> {
            Object value = part.apply(element);
            return value instanceof String text && !caseSensitive ? Text.lower(text) : value;
        };
    }

    private static boolean flag(@Nullable Object given) {
        return given != null && Values.truth(given);
    }

    private static Object sort(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        List<Object> elements = new ArrayList<>(Values.elements(run, value));
        List<UnaryOperator<Object>> keys = new ArrayList<>();
        for (Object path : given[2] instanceof String paths ? Text.split(paths, ",", -1) : Arrays.asList(given[2])) {
            keys.add(folded(attribute(run, path, null), flag(given[1])));
        }
        Comparator<Object> order = (a, b) -> Comparing.compare("<", each(keys, a), each(keys, b));
        elements.sort(flag(given[0]) ? order.reversed() : order);
        return elements;
    }

    private static List<Object> each(List<UnaryOperator<Object>> keys, Object element) {
        return keys.stream().map(key -> key.apply(element)).toList();
    }

    private static Object dictsort(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        String by = given[1] == null ? "key" : Values.string(given[1]);
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateException("You can only sort by either \"key\" or \"value\"");
        }
        List<Object> items = DictMethods.items(run, Values.map(value));
        int side = by.equals("key") ? 0 : 1;
        Comparator<Object> order = order(item -> ((Tuple) item).get(side), flag(given[0]));
        items.sort(flag(given[2]) ? order.reversed() : order);
        return items;
    }

    private static Object unique(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("unique", "case_sensitive", "attribute");
        UnaryOperator<Object> key = folded(attribute(run, given[1], null), flag(given[0]));
        List<Object> seen = new ArrayList<>();
        List<Object> kept = new ArrayList<>();
        for (Object element : Values.elements(run, value)) {
            Object now = key.apply(element);
            run.charge(seen.size());
            if (seen.stream().noneMatch(before -> Comparing.equal(before, now))) {
                seen.add(now);
                kept.add(element);
            }
        }
        return new OneShot(kept);
    }

    private static Object groupby(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        UnaryOperator<Object> part = attribute(run, Arguments.required("groupby", given[0], "attribute"), given[1]);
        UnaryOperator<Object> key = folded(part, flag(given[2]));
        List<Object> elements = new ArrayList<>(Values.elements(run, value));
        elements.sort(order(part, flag(given[2])));
        List<Object> groups = new ArrayList<>();
        List<Object> members = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            members.add(elements.get(i));
            boolean ends = i + 1 == elements.size()
                    || !Comparing.equal(key.apply(elements.get(i)), key.apply(elements.get(i + 1)));
            if (ends) {
                groups.add(Tuple.group(part.apply(members.get(0)), members));
                members = new ArrayList<>();
            }
        }
        return groups;
    }

    private static Object sum(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("sum", "attribute", "start");
        UnaryOperator<Object> part = attribute(run, given[0], null);
        Object sum = given[1] == null ? (Object) 0L : given[1];
        for (Object element : Values.elements(run, value)) {
            sum = Operations.binary(run, "+", sum, part.apply(element));
        }
        return sum;
    }

    private static Object extreme(Run run, Object value, Arguments arguments, int sign) {
        @Nullable Object[] given = arguments.bind(sign > 0 ? "max" : "min", "case_sensitive", "attribute");
        Comparator<Object> order = order(attribute(run, given[1], null), flag(given[0]));
        List<Object> elements = Values.elements(run, value);
        if (elements.isEmpty()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Object best = elements.get(0);
        for (Object element : elements.subList(1, elements.size())) {
            best = order.compare(element, best) * sign > 0 ? element : best;
        }
        return best;
    }
}
