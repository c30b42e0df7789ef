package dev.millrace.gpu.model.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;
import java.util.Set;

/**
 * A parameter's value as it stands bare between its tags, made JSON: while it comes where it can only be a text, and once
 * it is whole where its schema allows something else. The line breaks next to the tags belong to them.
 */
final class MarkupValue {

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final JsonMapper LENIENT =
            STRICT.rebuild().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

    /** As templates write them in what a model has learned from. */
    private static final Map<String, String> SPELLINGS = Map.of("True", "true", "False", "false", "None", "null");

    private final Set<String> types;
    private final boolean text;
    private final StringBuilder whole = new StringBuilder();
    private final StringBuilder json = new StringBuilder();
    /** What belongs to the value only if it goes on. */
    private final StringBuilder held = new StringBuilder();

    private boolean begun;

    /** @param types those of JSON that it may have; none where nothing is known */
    MarkupValue(Set<String> types) {
        this.types = types;
        this.text = types.isEmpty() || types.equals(Set.of("string"));
    }

    void accept(String more) {
        for (int i = 0; i < more.length(); i++) {
            char next = more.charAt(i);
            if (!begun) {
                begin();
                if (next == '\n') {
                    continue;
                }
            }
            held.append(next);
            if (!Character.isWhitespace(next)) {
                add(held.toString());
                held.setLength(0);
            }
        }
    }

    /** A tag that ends what the value is in, unless the value goes on after it. */
    void hold(String tag) {
        if (!begun) {
            begin();
        }
        held.append(tag);
    }

    /** Its own tag has closed it. */
    void close() {
        endBefore(held.length());
    }

    /** It ended without its tag, where what it is in was closed, by this tag or by another one. */
    void closeBefore(String tag) {
        int closed = held.indexOf(tag);
        endBefore(closed < 0 ? held.length() : closed);
    }

    /** The text was cut off within it. */
    void cut(String rest) {
        accept(rest);
        if (!text) {
            json.append(whole);
        }
    }

    /** What may be passed on now. */
    String take() {
        String more = json.toString();
        json.setLength(0);
        return more;
    }

    private void begin() {
        begun = true;
        if (text) {
            json.append('"');
        }
    }

    private void add(String more) {
        if (text) {
            JsonStringEncoder.getInstance().quoteAsString(more, json);
        } else {
            whole.append(more);
        }
    }

    private void endBefore(int end) {
        if (!begun) {
            begin();
        }
        boolean ownLine = end > 0 && held.charAt(end - 1) == '\n';
        add(held.substring(0, ownLine ? end - 1 : end));
        json.append(text ? "\"" : typed());
    }

    private String typed() {
        String stripped = whole.toString().strip();
        String spelled = SPELLINGS.getOrDefault(stripped, stripped);
        JsonNode value = read(STRICT, spelled);
        if (isAllowed(value) || value.isTextual() && !types.contains("string")) {
            return spelled;
        }
        JsonNode meant = read(LENIENT, spelled);
        return isAllowed(meant) ? meant.toString() : quoted(whole);
    }

    static String quoted(CharSequence text) {
        StringBuilder json = new StringBuilder("\"");
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        return json.append('"').toString();
    }

    private static JsonNode read(JsonMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private boolean isAllowed(JsonNode value) {
        return types.stream().anyMatch(type -> isOf(value, type));
    }

    /** A text in quotes is one whose quotes belong to it. */
    private static boolean isOf(JsonNode value, String type) {
        return switch (type) {
            case "null" -> value.isNull();
            case "boolean" -> value.isBoolean();
            case "integer", "number" -> value.isNumber();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> false;
        };
    }
}
