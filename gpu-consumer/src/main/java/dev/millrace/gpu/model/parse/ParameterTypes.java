package dev.millrace.gpu.model.parse;

import java.util.Set;

/** What the tools that a model was told of say of their parameters. */
public interface ParameterTypes {

    /** No tools. */
    ParameterTypes NONE = new ParameterTypes() {
        @Override
        public Set<String> functions() {
            return Set.of();
        }

        @Override
        public Set<String> of(String function, String parameter) {
            return Set.of();
        }
    };

    /** The names of what may be called. */
    Set<String> functions();

    /** The types of JSON that a parameter may have; none where nothing is said of it. */
    Set<String> of(String function, String parameter);
}
