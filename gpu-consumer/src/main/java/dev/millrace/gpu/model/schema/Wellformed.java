package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;

/** Refuses keywords of another kind than they must be: {@code "required": true} would else ask for nothing. */
final class Wellformed {

    private Wellformed() {}

    static void check(JsonNode schema, String path) {
        check(schema, "properties", "an object", JsonNode::isObject, path);
        check(schema, "required", "a list of names", JsonNode::isArray, path);
        check(schema, "pattern", "a string", JsonNode::isTextual, path);
        check(schema, "format", "a string", JsonNode::isTextual, path);
        check(schema, "nullable", "true or false", JsonNode::isBoolean, path);
    }

    private static void check(JsonNode schema, String keyword, String what, Predicate<JsonNode> right, String path) {
        JsonNode value = schema.get(keyword);
        if (value != null && !right.test(value)) {
            throw new SchemaException(path + "/" + keyword, keyword + " must be " + what);
        }
    }
}
