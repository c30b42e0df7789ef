package dev.millrace.gpu.model.template;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** A list that can't change, and prints in parentheses; its elements may have names. */
final class Tuple extends AbstractList<Object> implements RandomAccess {

    private final List<Object> elements;
    private final List<String> names;

    Tuple(List<Object> elements) {
        this(elements, List.of());
    }

    private Tuple(List<Object> elements, List<String> names) {
        this.elements = List.copyOf(elements);
        this.names = names;
    }

    static Tuple of(Object first, Object second) {
        return new Tuple(List.of(first, second));
    }

    /** What elements have in common, and those that have it. */
    static Tuple group(Object grouper, List<Object> list) {
        return new Tuple(List.of(grouper, list), List.of("grouper", "list"));
    }

    /** The element of that name, or null where there is none. */
    @Nullable
    Object named(String name) {
        int at = names.indexOf(name);
        return at < 0 ? null : elements.get(at);
    }

    @Override
    public Object get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }
}
