package dev.millrace.gpu.generate.batch;

import java.util.List;

/** What the next step does. */
public record Plan(List<Run> runs) {

    public Plan {
        runs = List.copyOf(runs);
    }

    /**
     * Tokens [from, from + count) of a sequence.
     *
     * @param last whether they are its last, so that the next token can be chosen
     */
    public record Run(Sequence sequence, int from, int count, boolean last) {

        /** Tokens that the cache holds when this has run. */
        public int to() {
            return from + count;
        }
    }

    public boolean isEmpty() {
        return runs.isEmpty();
    }
}
