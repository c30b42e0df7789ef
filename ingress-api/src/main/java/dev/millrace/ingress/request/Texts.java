package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Bare texts: one or a list of them, each as text or as token ids.
 *
 * @param json as they came
 * @param count how many there are
 */
public record Texts(JsonNode json, int count) {

    private static final Check<String> TEXT = Checks.text(1, Integer.MAX_VALUE);
    private static final Check<List<Integer>> IDS =
            Checks.listOf(Checks.integer(0, Integer.MAX_VALUE), 1, Integer.MAX_VALUE);

    /** The first element tells what all are, as a list of numbers is one text and a list of lists is many. */
    static Check<Texts> atMost(int max) {
        return (value, path) -> {
            if (value.isTextual()) {
                TEXT.read(value, path);
                return new Texts(value, 1);
            }
            if (!value.isArray()) {
                throw Checks.wrongType(value, path, "a string, token ids, or an array of either");
            }
            JsonNode first = value.path(0);
            if (first.isNumber()) {
                IDS.read(value, path);
                return new Texts(value, 1);
            }
            Check<?> each = first.isArray() ? IDS : TEXT;
            Checks.listOf(each, 1, max).read(value, path);
            return new Texts(value, value.size());
        };
    }
}
