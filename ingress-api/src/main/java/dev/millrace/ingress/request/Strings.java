package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.ingress.error.Refusals;
import java.util.Map;

/** What texts inside of a body must be, wherever they stand. */
final class Strings {

    private Strings() {}

    /** Half a surrogate pair can be escaped in JSON but is no text; it would change on its way through the log. */
    static void requireCharacters(JsonNode body) {
        if (!isWhole(body)) {
            String path = brokenPath(body, "");
            throw Refusals.invalid(
                    path.isEmpty() ? null : path, "invalid_value", "A string holds half a surrogate pair.");
        }
    }

    /** A member's path, as errors name it. */
    static String at(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static boolean isWhole(JsonNode node) {
        if (node.isTextual()) {
            return isWhole(node.textValue());
        }
        if (node.isObject()) {
            return node.properties().stream()
                    .allMatch(member -> isWhole(member.getKey()) && isWhole(member.getValue()));
        }
        for (JsonNode element : node) {
            if (!isWhole(element)) {
                return false;
            }
        }
        return true;
    }

    private static String brokenPath(JsonNode node, String path) {
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            if (!isWhole(node.get(i))) {
                return brokenPath(node.get(i), path + "[" + i + "]");
            }
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!isWhole(member.getKey())) {
                return path;
            }
            if (!isWhole(member.getValue())) {
                return brokenPath(member.getValue(), at(path, member.getKey()));
            }
        }
        return path;
    }

    private static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isLowSurrogate(c)
                    || i + 1 == text.length()
                    || !Character.isLowSurrogate(text.charAt(i + 1))) {
                return false;
            }
            i++;
        }
        return true;
    }
}
