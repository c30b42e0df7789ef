package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The types of values that a schema allows. */
final class SchemaTypes {

    private static final List<String> ALL =
            List.of("null", "boolean", "integer", "number", "string", "array", "object");

    private SchemaTypes() {}

    /** Those that it names or, where it names none, those that its keywords are about. */
    static List<String> of(JsonNode schema, Spelling spelling, String path) {
        JsonNode type = schema.get("type");
        if (type == null) {
            String implied = implied(schema);
            return implied == null ? any(schema, spelling) : List.of(implied);
        }
        List<String> types = new ArrayList<>();
        for (JsonNode name : type.isArray() ? type : List.of(type)) {
            if (!name.isTextual() || !ALL.contains(name.textValue())) {
                throw new SchemaException(path + "/type", "there is no type " + name);
            }
            types.add(name.textValue());
        }
        if (types.isEmpty()) {
            throw new SchemaException(path + "/type", "type must not be empty");
        }
        return types;
    }

    /** What stands bare is read as a text where nothing says what it may be. */
    private static List<String> any(JsonNode schema, Spelling spelling) {
        boolean listed = schema.has("enum") || schema.has("const");
        return spelling == Spelling.BARE && !listed
                ? List.of("string")
                : ALL.stream().filter(name -> !name.equals("integer")).toList();
    }

    /** The type that keywords are about which are about no other one. */
    static @Nullable String implied(JsonNode schema) {
        if (Stream.of("properties", "required", "additionalProperties", "propertyNames")
                .anyMatch(schema::has)) {
            return "object";
        }
        if (Stream.of("items", "minItems", "maxItems").anyMatch(schema::has)) {
            return "array";
        }
        return Stream.of("pattern", "minLength", "maxLength").anyMatch(schema::has) ? "string" : null;
    }
}
