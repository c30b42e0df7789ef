package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The filters that cut a sequence into parts: of so many elements each, or so many of them. */
final class Portions {

    private Portions() {}

    static Object batch(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("batch", "linecount", "fill_with");
        long size = Math.max(1, Values.index(Arguments.required("batch", given[0], "linecount")));
        List<Object> batches = new ArrayList<>();
        List<Object> current = new ArrayList<>();
        for (Object element : Values.elements(run, value)) {
            if (current.size() == size) {
                batches.add(current);
                current = new ArrayList<>();
            }
            current.add(element);
        }
        if (!current.isEmpty()) {
            Object fill = given[1] == null ? None.NONE : given[1];
            run.elements(fill == None.NONE ? 0 : size);
            while (fill != None.NONE && current.size() < size) {
                current.add(fill);
            }
            batches.add(current);
        }
        return new OneShot(batches);
    }

    static Object slice(Run run, Object value, Arguments arguments) {
        @Nullable Object[] given = arguments.bind("slice", "slices", "fill_with");
        List<Object> elements = Values.elements(run, value);
        int slices = (int) Math.min(Integer.MAX_VALUE, Values.index(Arguments.required("slice", given[0], "slices")));
        if (slices < 1) {
            throw new TemplateException("integer division or modulo by zero");
        }
        run.elements(slices);
        int each = elements.size() / slices;
        int longer = elements.size() % slices;
        List<Object> parts = new ArrayList<>();
        for (int i = 0; i < slices; i++) {
            int from = i * each + Math.min(i, longer);
            List<Object> part = new ArrayList<>(elements.subList(from, from + each + (i < longer ? 1 : 0)));
            if (given[1] != null && given[1] != None.NONE && i >= longer) {
                part.add(given[1]);
            }
            parts.add(part);
        }
        return new OneShot(parts);
    }
}
