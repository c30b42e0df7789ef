package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.error.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The kinds of fields there are. */
final class Checks {

    private Checks() {}

    static Check<Boolean> bool() {
        return (value, path) -> {
            if (!value.isBoolean()) {
                throw wrongType(value, path, "a boolean");
            }
            return value.booleanValue();
        };
    }

    static Check<Integer> integer(int min, int max) {
        return (value, path) -> (int) whole(value, path, min, max);
    }

    static Check<Long> whole(long min, long max) {
        return (value, path) -> whole(value, path, min, max);
    }

    private static long whole(JsonNode value, String path, long min, long max) {
        if (!value.isIntegralNumber()) {
            throw wrongType(value, path, "an integer");
        }
        if (!value.canConvertToLong() || value.longValue() < min || value.longValue() > max) {
            throw Refusals.wrongValue(path, "an integer from " + min + " to " + max);
        }
        return value.longValue();
    }

    static Check<Double> number(double min, double max) {
        return (value, path) -> {
            if (!value.isNumber()) {
                throw wrongType(value, path, "a number");
            }
            double number = value.doubleValue();
            if (!(number >= min && number <= max)) {
                throw Refusals.wrongValue(path, "a number from " + min + " to " + max);
            }
            return number;
        };
    }

    static Check<String> text(int minChars, int maxChars) {
        return (value, path) -> {
            if (!value.isTextual()) {
                throw wrongType(value, path, "a string");
            }
            String text = value.textValue();
            if (text.length() < minChars || text.length() > maxChars) {
                throw Refusals.invalid(
                        path,
                        text.length() < minChars ? "string_below_min_length" : "string_above_max_length",
                        "Invalid length of '" + path + "': expected " + range(minChars, maxChars)
                                + " characters, but got " + text.length() + ".");
            }
            return text;
        };
    }

    /** A text that is kept in records and databases, so it has no control characters. */
    static Check<String> word(int maxChars) {
        Check<String> text = text(1, maxChars);
        return (value, path) -> {
            String word = text.read(value, path);
            if (word.isBlank() || word.chars().anyMatch(Character::isISOControl)) {
                throw Refusals.wrongValue(path, "a text that is not blank and without control characters");
            }
            return word;
        };
    }

    /** A text that may have lines, but nothing that a database could not keep. */
    static Check<String> note(int maxChars) {
        Check<String> text = text(0, maxChars);
        return (value, path) -> {
            String note = text.read(value, path);
            if (note.indexOf('\0') >= 0) {
                throw Refusals.wrongValue(path, "a text without NUL characters");
            }
            return note;
        };
    }

    static Check<String> matching(Pattern pattern, String expected) {
        return (value, path) -> {
            String text = text(0, Integer.MAX_VALUE).read(value, path);
            if (!pattern.matcher(text).matches()) {
                throw Refusals.wrongValue(path, expected);
            }
            return text;
        };
    }

    static Check<String> oneOf(String... choices) {
        List<String> known = List.of(choices);
        return (value, path) -> {
            String text = text(0, Integer.MAX_VALUE).read(value, path);
            if (!known.contains(text)) {
                throw Refusals.wrongValue(path, "one of " + String.join(", ", known));
            }
            return text;
        };
    }

    static <T> Check<List<T>> listOf(Check<T> element, int min, int max) {
        return (value, path) -> {
            if (!value.isArray()) {
                throw wrongType(value, path, "an array");
            }
            if (value.size() < min || value.size() > max) {
                throw Refusals.invalid(
                        path,
                        value.size() < min ? "array_below_min_length" : "array_above_max_length",
                        "Invalid length of '" + path + "': expected " + range(min, max) + " elements, but got "
                                + value.size() + ".");
            }
            List<T> elements = new ArrayList<>(value.size());
            for (int i = 0; i < value.size(); i++) {
                elements.add(element.read(value.get(i), path + "[" + i + "]"));
            }
            return elements;
        };
    }

    static <T> Check<Map<String, T>> mapOf(Check<String> key, Check<T> member, int max) {
        return (value, path) -> {
            ObjectNode object = object().read(value, path);
            if (object.size() > max) {
                throw Refusals.invalid(
                        path,
                        "object_above_max_properties",
                        "'" + path + "' has " + object.size() + " members, and " + max + " is the most.");
            }
            Map<String, T> members = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                String at = Strings.at(path, entry.getKey());
                key.read(object.textNode(entry.getKey()), at);
                members.put(entry.getKey(), member.read(entry.getValue(), at));
            }
            return members;
        };
    }

    static Check<ObjectNode> object() {
        return (value, path) -> {
            if (!(value instanceof ObjectNode object)) {
                throw wrongType(value, path, "an object");
            }
            return object;
        };
    }

    /** Exactly this value is allowed; anything else would mean something that is not there. */
    static <T> Check<T> only(Check<T> check, T allowed, String why) {
        return (value, path) -> {
            T read = check.read(value, path);
            if (!read.equals(allowed)) {
                throw Refusals.unsupported(path, why);
            }
            return read;
        };
    }

    static <T> Check<T> refused(String why) {
        return (value, path) -> {
            throw Refusals.unsupported(path, why);
        };
    }

    static RefusedException wrongType(JsonNode value, String path, String expected) {
        return Refusals.wrongType(path, expected, kind(value));
    }

    private static String range(int min, int max) {
        return max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> value.isIntegralNumber() ? "an integer" : "a decimal number";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            default -> "null";
        };
    }
}
