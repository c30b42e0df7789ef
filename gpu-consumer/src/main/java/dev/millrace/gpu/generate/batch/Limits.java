package dev.millrace.gpu.generate.batch;

import java.util.List;
import java.util.Set;

/**
 * What ends a choice.
 *
 * @param maxTokens tokens at most
 * @param minTokens tokens before a stop string may end it
 * @param ends tokens that end it and are no part of its text
 * @param stops texts that end it and are no part of it
 * @param oneCall whether it ends after its first tool call
 */
public record Limits(int maxTokens, int minTokens, Set<Integer> ends, List<String> stops, boolean oneCall) {

    public Limits {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be positive");
        }
        ends = Set.copyOf(ends);
        stops = List.copyOf(stops);
    }
}
