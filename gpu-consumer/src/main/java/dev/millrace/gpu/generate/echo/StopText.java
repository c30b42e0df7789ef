package dev.millrace.gpu.generate.echo;

import java.util.List;

/** Finds where an answer must stop, and holds back what may be the beginning of such a place. */
final class StopText {

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    /**
     * @param stops texts that end the answer and are not part of it
     * @param held generated text that was not let out before
     */
    StopText(List<String> stops, String held) {
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
        this.held.append(held);
    }

    /** Takes more text and gives what is safe to let out; nothing once a stop was found. */
    String take(String text) {
        if (found) {
            return "";
        }
        held.append(text);
        int end = firstStop();
        found = end >= 0;
        return release(found ? end : held.length() - beginningOfStop());
    }

    /** Takes text that is let out whatever it says. */
    String pass(String text) {
        held.append(text);
        return release(held.length());
    }

    /** What was held back, when nothing more comes; empty where a stop was found. */
    String rest() {
        return found ? "" : release(held.length());
    }

    boolean isFound() {
        return found;
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, found ? held.length() : length);
        return text;
    }

    private int firstStop() {
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    private int beginningOfStop() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
