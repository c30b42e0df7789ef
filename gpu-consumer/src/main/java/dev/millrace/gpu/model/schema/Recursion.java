package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which of a schema's references lead back to where they were made. */
final class Recursion {

    private static final int MAX_NAMES = 2000;

    private final JsonNode root;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<List<Integer>> references = new ArrayList<>();
    private final Map<Integer, BitSet> reached = new HashMap<>();

    Recursion(JsonNode root) {
        this.root = root;
    }

    /** The JSON pointer that a {@code $ref} is, which may be written as a URI's fragment. */
    static String pointer(String reference) {
        String pointer = reference.substring(1);
        try {
            return URLDecoder.decode(pointer.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return pointer;
        }
    }

    /** Whether what one JSON pointer names refers, over however many others, to what the other one names. */
    boolean leadsBack(String from, String to) {
        return reached.computeIfAbsent(number(from), this::reachedFrom).get(number(to));
    }

    private BitSet reachedFrom(int start) {
        BitSet found = new BitSet();
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            for (int next : references.get(open.remove())) {
                if (!found.get(next)) {
                    found.set(next);
                    open.add(next);
                }
            }
        }
        return found;
    }

    /** The number of a pointer; with it all that it leads to get theirs. */
    private int number(String pointer) {
        Integer known = numbers.get(pointer);
        if (known != null) {
            return known;
        }
        int first = add(pointer);
        Deque<String> open = new ArrayDeque<>(List.of(pointer));
        while (!open.isEmpty()) {
            String from = open.remove();
            for (JsonNode reference : at(root, from).findValues("$ref")) {
                if (reference.asText().startsWith("#")) {
                    String to = pointer(reference.asText());
                    if (!numbers.containsKey(to)) {
                        add(to);
                        open.add(to);
                    }
                    references.get(number(from)).add(number(to));
                }
            }
        }
        return first;
    }

    private int add(String pointer) {
        if (numbers.size() >= MAX_NAMES) {
            throw new SchemaException("", "the schema has too many different references");
        }
        numbers.put(pointer, numbers.size());
        references.add(new ArrayList<>());
        return numbers.size() - 1;
    }

    /** What a JSON pointer names; missing where it is none. */
    static JsonNode at(JsonNode root, String pointer) {
        boolean readable = pointer.isEmpty() || pointer.startsWith("/");
        return readable ? root.at(pointer) : root.path("");
    }
}
