package dev.millrace.gpu.model.schema;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The automata of a schema's patterns: each is made once however often it is said, and all together are bounded. */
final class Patterns {

    private static final int MAX_STATES = 20_000;

    private final Map<String, Dfa> known = new HashMap<>();
    private int states;

    Dfa one(String pattern, String path) {
        return kept(pattern, () -> Dfa.of(pattern, path), path);
    }

    /** What two patterns both allow. */
    Dfa both(String pattern, String other, String path) {
        Dfa a = one(pattern, path);
        Dfa b = one(other, path);
        return kept(pattern + "\n" + other, () -> Dfa.both(a, b, path), path);
    }

    private Dfa kept(String name, Supplier<Dfa> made, String path) {
        Dfa present = known.get(name);
        return present == null ? keep(name, made.get(), path) : present;
    }

    private Dfa keep(String name, Dfa made, String path) {
        states += made.states();
        if (states > MAX_STATES) {
            throw new SchemaException(path, "the schema's patterns are too large together");
        }
        known.put(name, made);
        return made;
    }
}
