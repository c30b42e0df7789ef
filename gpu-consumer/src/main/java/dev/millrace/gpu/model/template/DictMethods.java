package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of dicts. */
final class DictMethods {

    private DictMethods() {}

    static @Nullable Callable bound(Map<Object, Object> map, String name) {
        return switch (name) {
            case "items" -> (run, arguments) -> new DictView("dict_items", items(run, map));
            case "keys" -> (run, arguments) -> new DictView("dict_keys", copy(run, map.keySet()));
            case "values" -> (run, arguments) -> new DictView("dict_values", copy(run, map.values()));
            case "get" -> (run, arguments) -> get(map, arguments.bind("get", "key", "default"), "get");
            case "pop" ->
                (run, arguments) -> {
                    @Nullable Object[] given = arguments.bind("pop", "key", "default");
                    Object value = map.remove(Arguments.required("pop", given[0], "key"));
                    if (value == null && given[1] == null) {
                        throw new TemplateException(Printing.inside(run, Arguments.required("pop", given[0], "key")));
                    }
                    return value == null ? get(map, given, "pop") : value;
                };
            case "setdefault" ->
                (run, arguments) -> {
                    @Nullable Object[] given = arguments.bind("setdefault", "key", "default");
                    run.elements(map.size() + 1L);
                    Object value = get(map, given, "setdefault");
                    map.putIfAbsent(Arguments.required("setdefault", given[0], "key"), value);
                    return value;
                };
            case "update" ->
                (run, arguments) -> {
                    run.elements(map.size());
                    map.putAll(Functions.dict(run, arguments));
                    return None.NONE;
                };
            case "copy" ->
                (run, arguments) -> {
                    run.elements(map.size());
                    return new LinkedHashMap<>(map);
                };
            case "clear" ->
                (run, arguments) -> {
                    map.clear();
                    return None.NONE;
                };
            default -> null;
        };
    }

    static List<Object> items(Run run, Map<?, ?> map) {
        run.elements(map.size());
        List<Object> items = new ArrayList<>(map.size());
        map.forEach((key, value) -> items.add(Tuple.of(key, value)));
        return items;
    }

    private static List<Object> copy(Run run, Collection<Object> elements) {
        run.elements(elements.size());
        return new ArrayList<>(elements);
    }

    private static Object get(Map<Object, Object> map, @Nullable Object[] given, String name) {
        Object value = map.get(Arguments.required(name, given[0], "key"));
        return value != null ? value : given[1] == null ? None.NONE : given[1];
    }
}
