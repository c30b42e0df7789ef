package dev.millrace.gpu.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Typed reading of a JSON object's fields; null and absent are the same, as published configs use them. */
final class Fields {

    private static final long MOST = 1L << 30;

    private final String file;
    private final JsonNode node;

    Fields(String file, JsonNode node) {
        this.file = file;
        this.node = node;
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    boolean isEmpty() {
        return node.isEmpty();
    }

    /** Whether the file says null outright, where that is not the same as saying nothing. */
    boolean isNull(String name) {
        return node.path(name).isNull();
    }

    /** A count: a whole number from 1. */
    int count(String name) {
        if (!has(name)) {
            throw bad(name, "is missing");
        }
        return count(name, 0);
    }

    int count(String name, int otherwise) {
        return whole(name, 1, otherwise);
    }

    int whole(String name, int least, int otherwise) {
        JsonNode value = node.path(name);
        if (!has(name)) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least || value.asLong() > MOST) {
            throw bad(name, "is " + value + ", not a whole number from " + least);
        }
        return value.asInt();
    }

    double positive(String name, double otherwise) {
        double value = number(name, otherwise);
        if (!(value > 0)) {
            throw bad(name, "is " + value + ", not above 0");
        }
        return value;
    }

    double number(String name, double otherwise) {
        JsonNode value = node.path(name);
        if (!has(name)) {
            return otherwise;
        }
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw bad(name, "is " + value + ", not a number");
        }
        return value.asDouble();
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = node.path(name);
        if (has(name) && !value.isBoolean()) {
            throw bad(name, "is " + value + ", not true or false");
        }
        return has(name) ? value.asBoolean() : otherwise;
    }

    @Nullable
    String text(String name) {
        JsonNode value = node.path(name);
        if (has(name) && !value.isTextual()) {
            throw bad(name, "is " + value + ", not a text");
        }
        return has(name) ? value.asText() : null;
    }

    String text(String name, String otherwise) {
        String value = text(name);
        return value == null ? otherwise : value;
    }

    /** A list of whole numbers; a single number is a list of one. */
    List<Integer> wholes(String name) {
        List<Integer> values = new ArrayList<>();
        JsonNode value = node.path(name);
        if (!has(name)) {
            return values;
        }
        Iterable<JsonNode> elements = value.isArray() ? value : List.of(value);
        for (JsonNode element : elements) {
            if (!element.isIntegralNumber() || !element.canConvertToInt() || element.asInt() < 0) {
                throw bad(name, "holds " + element + ", not a whole number from 0");
            }
            values.add(element.asInt());
        }
        return values;
    }

    List<String> texts(String name) {
        List<String> values = new ArrayList<>();
        for (JsonNode element : node.path(name)) {
            if (!element.isTextual()) {
                throw bad(name, "holds " + element + ", not a text");
            }
            values.add(element.asText());
        }
        return values;
    }

    @Nullable
    Fields object(String name) {
        JsonNode value = node.path(name);
        if (has(name) && !value.isObject()) {
            throw bad(name, "is " + value + ", not an object");
        }
        return has(name) ? new Fields(file + ": " + name, value) : null;
    }

    CheckpointException bad(String name, String what) {
        return new CheckpointException(Fault.BAD_CONFIG, file + ": " + name + " " + what);
    }

    String file() {
        return file;
    }
}
