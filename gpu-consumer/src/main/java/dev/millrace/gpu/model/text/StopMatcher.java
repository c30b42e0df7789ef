package dev.millrace.gpu.model.text;

import java.util.List;

/**
 * Ends a text before the stop string that is complete first (of several that end together, the longest) and gives out
 * nothing that could still become one. What has been given after some text depends on that text alone, however it was
 * cut, so replaying it restores the state.
 *
 * <pre>{@code
 * StopMatcher stop = new StopMatcher(List.of("\n\n"));
 * String more = stop.push(text);
 * if (stop.matched()) { ... }        // the choice has ended, nothing follows
 * String last = stop.finish();       // else, at the end
 * }</pre>
 */
public final class StopMatcher {

    private final List<Progress> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean matched;

    /** @param stops the stop strings; empty ones never match */
    public StopMatcher(List<String> stops) {
        this.stops = stops.stream()
                .filter(stop -> !stop.isEmpty())
                .map(Progress::new)
                .toList();
    }

    /** What of the text so far is certain to stay. */
    public String push(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && !matched; i++) {
            held.append(text.charAt(i));
            int longestMatch = 0;
            int longestBeginning = 0;
            for (Progress stop : stops) {
                int length = stop.advance(text.charAt(i));
                longestBeginning = Math.max(longestBeginning, length);
                longestMatch = stop.complete() ? Math.max(longestMatch, length) : longestMatch;
            }
            matched = longestMatch > 0;
            int certain = held.length() - (matched ? longestMatch : longestBeginning);
            out.append(held, 0, certain);
            held.delete(0, certain);
        }
        return out.toString();
    }

    /** Whether a stop string was found. */
    public boolean matched() {
        return matched;
    }

    /** What was held back, as no stop string came of it. */
    public String finish() {
        String rest = matched ? "" : held.toString();
        held.setLength(0);
        return rest;
    }

    /** How much of one stop string the text's end is, kept as Knuth, Morris and Pratt do. */
    private static final class Progress {

        private final String stop;
        private final int[] fallback;
        private int length;

        Progress(String stop) {
            this.stop = stop;
            fallback = new int[stop.length() + 1];
            for (int i = 1; i < stop.length(); i++) {
                fallback[i + 1] = longer(fallback[i], stop.charAt(i));
            }
        }

        int advance(char next) {
            length = longer(complete() ? fallback[length] : length, next);
            return length;
        }

        boolean complete() {
            return length == stop.length();
        }

        private int longer(int from, char next) {
            int at = from;
            while (at > 0 && stop.charAt(at) != next) {
                at = fallback[at];
            }
            return stop.charAt(at) == next ? at + 1 : 0;
        }
    }
}
