package dev.millrace.gpu.model.template;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** A list that can't change, and prints in parentheses. */
final class Tuple extends AbstractList<Object> implements RandomAccess {

    private final List<Object> elements;

    Tuple(List<Object> elements) {
        this.elements = List.copyOf(elements);
    }

    static Tuple of(Object first, Object second) {
        return new Tuple(List.of(first, second));
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
