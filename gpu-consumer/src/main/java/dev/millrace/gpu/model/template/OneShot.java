package dev.millrace.gpu.model.template;

import java.util.List;

/** What a lazy filter gives: elements that can be walked through once and have no length. */
final class OneShot {

    private List<Object> elements;

    OneShot(List<Object> elements) {
        this.elements = elements;
    }

    List<Object> drain() {
        List<Object> all = elements;
        elements = List.of();
        return all;
    }

    Object next() {
        if (elements.isEmpty()) {
            return new Undefined("No first item, sequence was empty.");
        }
        Object first = elements.get(0);
        elements = elements.subList(1, elements.size());
        return first;
    }
}
