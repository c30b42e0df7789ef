package dev.millrace.gpu.model.template;

import static java.util.Map.entry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every template may call by name. */
final class Functions {

    static final Map<String, Callable> GLOBALS = Map.ofEntries(
            entry("range", Functions::range),
            entry("dict", Functions::dict),
            entry("namespace", Functions::namespace),
            entry("joiner", Functions::joiner),
            entry("cycler", Functions::cycler),
            entry("raise_exception", Functions::raise),
            entry("strftime_now", Functions::strftimeNow));

    private Functions() {}

    private static Object range(Run run, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("range", "start", "stop", "step");
        long first = Values.index(Arguments.required("range", given[0], "stop"));
        if (given[1] == null) {
            return new Range(0, first, 1);
        }
        return new Range(first, Values.index(given[1]), given[2] == null ? 1 : Values.index(given[2]));
    }

    static Map<Object, Object> dict(Run run, Arguments arguments) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object each : arguments.positional()) {
            if (each instanceof Map<?, ?> other) {
                run.elements(other.size());
                map.putAll(other);
            } else {
                for (Object pair : Values.elements(run, each)) {
                    List<Object> both = Values.elements(run, pair);
                    if (both.size() != 2) {
                        throw new TemplateException(
                                "dictionary update sequence element has length " + both.size() + "; 2 is required");
                    }
                    map.put(both.get(0), both.get(1));
                }
            }
        }
        map.putAll(arguments.named());
        return map;
    }

    private static Object namespace(Run run, Arguments arguments) {
        Namespace namespace = new Namespace();
        dict(run, arguments).forEach((name, value) -> namespace.attributes().put(Values.string(name), value));
        return namespace;
    }

    private static Object joiner(Run run, Arguments arguments) {
        Object given = arguments.bind("joiner", "sep")[0];
        Object[] next = {""};
        return (Callable) (inner, none) -> {
            Object now = next[0];
            next[0] = given == null ? ", " : given;
            return now;
        };
    }

    private static Object cycler(Run run, Arguments arguments) {
        List<Object> items = arguments.positional();
        if (items.isEmpty()) {
            throw new TemplateException("at least one item has to be provided");
        }
        int[] at = {0};
        Namespace cycler = new Namespace();
        cycler.attributes().put("current", items.get(0));
        cycler.attributes().put("next", (Callable) (inner, none) -> {
            Object now = items.get(at[0]);
            at[0] = (at[0] + 1) % items.size();
            cycler.attributes().put("current", items.get(at[0]));
            return now;
        });
        cycler.attributes().put("reset", (Callable) (inner, none) -> {
            at[0] = 0;
            cycler.attributes().put("current", items.get(0));
            return None.NONE;
        });
        return cycler;
    }

    private static Object raise(Run run, Arguments arguments) {
        throw TemplateException.raised(Printing.print(run, arguments.only("raise_exception")));
    }

    private static Object strftimeNow(Run run, Arguments arguments) {
        return Dates.format(run.clock(), Values.string(arguments.only("strftime_now")));
    }
}
