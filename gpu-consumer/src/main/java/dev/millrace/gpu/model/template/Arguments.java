package dev.millrace.gpu.model.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a call was given. */
record Arguments(List<Object> positional, Map<String, Object> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Object... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** The arguments by parameter, those not given as null; more than the parameters is an error. */
    @Nullable
    Object[] bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new TemplateException(function + "() takes at most " + parameters.length + " arguments ("
                    + positional.size() + " given)");
        }
        @Nullable Object[] bound = new Object[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            bound[i] = positional.get(i);
        }
        named.forEach((name, value) -> {
            int at = List.of(parameters).indexOf(name);
            if (at < 0) {
                throw new TemplateException(function + "() got an unexpected keyword argument '" + name + "'");
            }
            if (bound[at] != null) {
                throw new TemplateException(function + "() got multiple values for argument '" + name + "'");
            }
            bound[at] = value;
        });
        return bound;
    }

    /** The one argument that a function takes. */
    Object only(String function) {
        return required(function, bind(function, "value")[0], "value");
    }

    static Object required(String function, @Nullable Object value, String parameter) {
        if (value == null) {
            throw new TemplateException(function + "() missing required argument '" + parameter + "'");
        }
        return value;
    }

    /** The same with the first argument left out. */
    Arguments rest() {
        return new Arguments(positional.subList(1, positional.size()), named);
    }
}
