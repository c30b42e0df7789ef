package dev.millrace.gpu.model.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of a template that can be called.
 *
 * @param uses names that the body mentions: whether it takes more than its parameters follows from them
 * @param home where it was defined: it sees the names there
 */
record Macro(String name, List<Parameter> parameters, Statements.Block body, Set<String> uses, Scope home)
        implements Callable {

    record Parameter(String name, @Nullable Expression otherwise) {}

    @Override
    public Object call(Run run, Arguments arguments) {
        run.enter();
        Scope scope = body.enter(home);
        bind(scope, arguments);
        Output out = new Output(run);
        body.run(scope, out);
        run.leave();
        return out.text();
    }

    private void bind(Scope scope, Arguments arguments) {
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        List<Object> positional = arguments.positional();
        if (uses.contains("caller")) {
            Object caller = named.remove("caller");
            scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            Object value = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
            Expression otherwise = parameter.otherwise();
            if (value == null) {
                value = otherwise == null
                        ? new Undefined("parameter '" + parameter.name() + "' was not provided")
                        : otherwise.evaluate(scope);
            }
            scope.set(parameter.name(), value);
        }
        rest(scope, positional, named);
    }

    private void rest(Scope scope, List<Object> positional, Map<String, Object> named) {
        int taken = parameters.size();
        if (uses.contains("varargs")) {
            scope.set(
                    "varargs",
                    new Tuple(positional.size() > taken ? positional.subList(taken, positional.size()) : List.of()));
        } else if (positional.size() > taken) {
            throw new TemplateException("macro '" + name + "' takes not more than " + taken + " argument(s)");
        }
        if (uses.contains("kwargs")) {
            scope.set("kwargs", new LinkedHashMap<Object, Object>(named));
        } else if (named.containsKey("caller")) {
            throw new TemplateException("macro '" + name
                    + "' was invoked with two values for the special caller argument." + " This is most likely a bug.");
        } else if (!named.isEmpty()) {
            throw new TemplateException(
                    "macro '" + name + "' takes no keyword argument '" + new ArrayList<>(named.keySet()).get(0) + "'");
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
