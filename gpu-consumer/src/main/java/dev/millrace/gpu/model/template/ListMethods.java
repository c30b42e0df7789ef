package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of lists and tuples. */
final class ListMethods {

    private ListMethods() {}

    static @Nullable Callable bound(List<?> list, String name) {
        return switch (name) {
            case "index" ->
                (run, arguments) -> {
                    Object element = arguments.only("index");
                    run.elements(list.size());
                    for (int i = 0; i < list.size(); i++) {
                        if (Comparing.equal(list.get(i), element)) {
                            return (long) i;
                        }
                    }
                    throw new TemplateException(Printing.inside(run, element) + " is not in list");
                };
            case "count" ->
                (run, arguments) -> {
                    Object element = arguments.only("count");
                    run.elements(list.size());
                    return list.stream()
                            .filter(each -> Comparing.equal(each, element))
                            .count();
                };
            default -> list instanceof Tuple || list instanceof Range ? null : changing(cast(list), name);
        };
    }

    @SuppressWarnings("unchecked")
    private static List<Object> cast(List<?> list) {
        return (List<Object>) list;
    }

    private static @Nullable Callable changing(List<Object> list, String name) {
        return switch (name) {
            case "append" ->
                (run, arguments) -> {
                    run.elements(1);
                    grown(run, list, 1);
                    list.add(arguments.only("append"));
                    return None.NONE;
                };
            case "extend" ->
                (run, arguments) -> {
                    List<Object> more = Values.elements(run, arguments.only("extend"));
                    grown(run, list, more.size());
                    list.addAll(more);
                    return None.NONE;
                };
            case "insert" ->
                (run, arguments) -> {
                    @Nullable Object[] given = arguments.bind("insert", "index", "object");
                    grown(run, list, 1);
                    list.add(
                            place(list, Values.index(Arguments.required("insert", given[0], "index"))),
                            Arguments.required("insert", given[1], "object"));
                    return None.NONE;
                };
            case "pop" ->
                (run, arguments) -> {
                    Object at = arguments.bind("pop", "index")[0];
                    long index = at == null ? -1 : Values.index(at);
                    long place = index < 0 ? index + list.size() : index;
                    if (place < 0 || place >= list.size()) {
                        throw new TemplateException(list.isEmpty() ? "pop from empty list" : "pop index out of range");
                    }
                    return list.remove((int) place);
                };
            case "remove" ->
                (run, arguments) -> {
                    Object element = arguments.only("remove");
                    run.elements(list.size());
                    for (int i = 0; i < list.size(); i++) {
                        if (Comparing.equal(list.get(i), element)) {
                            list.remove(i);
                            return None.NONE;
                        }
                    }
                    throw new TemplateException("list.remove(x): x not in list");
                };
            case "reverse" ->
                (run, arguments) -> {
                    run.elements(list.size());
                    Collections.reverse(list);
                    return None.NONE;
                };
            case "sort" ->
                (run, arguments) -> {
                    Object reverse = arguments.bind("sort", "reverse")[0];
                    run.elements(list.size());
                    list.sort((a, b) -> Comparing.compare("<", a, b));
                    if (reverse != null && Values.truth(reverse)) {
                        Collections.reverse(list);
                    }
                    return None.NONE;
                };
            case "copy" ->
                (run, arguments) -> {
                    run.elements(list.size());
                    return new ArrayList<>(list);
                };
            case "clear" ->
                (run, arguments) -> {
                    list.clear();
                    return None.NONE;
                };
            default -> null;
        };
    }

    /** The whole length counts against the limit, only what is new as work. */
    private static void grown(Run run, List<Object> list, int more) {
        run.longest((long) list.size() + more);
    }

    private static int place(List<Object> list, long index) {
        return (int) Math.max(0, Math.min(list.size(), index < 0 ? index + list.size() : index));
    }
}
