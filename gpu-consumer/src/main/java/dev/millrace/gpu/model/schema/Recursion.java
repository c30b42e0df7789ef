package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which of a schema's references lead back to where they were made. */
final class Recursion {

    private final JsonNode root;
    private final Map<String, Set<String>> reached = new HashMap<>();

    Recursion(JsonNode root) {
        this.root = root;
    }

    /** Whether what one JSON pointer names refers, over however many others, to what the other one names. */
    boolean leadsBack(String from, String to) {
        return reached.computeIfAbsent(from, this::reachedFrom).contains(to);
    }

    private Set<String> reachedFrom(String pointer) {
        Set<String> found = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        open.add(pointer);
        while (!open.isEmpty()) {
            for (JsonNode reference : at(open.remove()).findValues("$ref")) {
                String next = reference.asText();
                if (next.startsWith("#") && found.add(next.substring(1))) {
                    open.add(next.substring(1));
                }
            }
        }
        return found;
    }

    private JsonNode at(String pointer) {
        boolean readable = pointer.isEmpty() || pointer.startsWith("/");
        return readable ? root.at(pointer) : root.path("");
    }
}
