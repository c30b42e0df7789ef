package dev.millrace.gpu.model.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values; what is not here is looked for outside. */
final class Scope {

    private final Run run;
    private final @Nullable Scope parent;
    private final Map<String, Object> names;

    private Scope(Run run, @Nullable Scope parent, Map<String, Object> names) {
        this.run = run;
        this.parent = parent;
        this.names = names;
    }

    static Scope root(Run run, Map<String, Object> names) {
        return new Scope(run, null, names);
    }

    Scope inner() {
        return new Scope(run, this, new HashMap<>());
    }

    /** The scope of a part that has names of its own. */
    Scope inner(Frame frame) {
        Scope inner = inner();
        frame.hidden().forEach(name -> inner.set(name, undefined(name)));
        return inner;
    }

    Run run() {
        return run;
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Object value = scope.names.get(name);
            if (value != null) {
                return value;
            }
        }
        Object function = Functions.GLOBALS.get(name);
        return function == null ? undefined(name) : function;
    }

    private static Undefined undefined(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    void set(String name, Object value) {
        names.put(name, value);
    }
}
