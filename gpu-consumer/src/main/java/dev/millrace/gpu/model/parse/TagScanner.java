package dev.millrace.gpu.model.parse;

import java.util.List;

/** Finds tags in text that comes character by character, and holds back what may still become one. */
final class TagScanner {

    private final StringBuilder held = new StringBuilder();

    /** What one character led to: text that is certain to be text, then perhaps a tag. */
    record Found(String text, String tag) {}

    /** @param tags those that mean something here, each with a less-than sign for its first character and nowhere else */
    Found accept(char next, List<String> tags) {
        if (next != '<' && held.isEmpty()) {
            // Most characters are no part of any, however many there are.
            return new Found(String.valueOf(next), "");
        }
        String text = "";
        if (next == '<' && held.length() > 0) {
            text = take();
        }
        held.append(next);
        for (String tag : tags) {
            if (tag.contentEquals(held)) {
                held.setLength(0);
                return new Found(text, tag);
            }
            if (tag.length() > held.length() && tag.startsWith(held.toString())) {
                return new Found(text, "");
            }
        }
        return new Found(text + take(), "");
    }

    boolean isHolding() {
        return held.length() > 0;
    }

    /** Gives up what was held back. */
    String take() {
        String text = held.toString();
        held.setLength(0);
        return text;
    }
}
