package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.parse.ParameterTypes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the schemas of tools say of the types of their parameters. */
public final class ToolTypes implements ParameterTypes {

    private static final int MAX_DEPTH = 20;
    private static final List<String> CHOICES = List.of("anyOf", "oneOf", "allOf");

    private final Map<String, JsonNode> schemas = new LinkedHashMap<>();

    /** @param tools as clients send them */
    public ToolTypes(JsonNode tools) {
        for (JsonNode tool : tools) {
            JsonNode function = tool.path("function");
            schemas.put(function.path("name").asText(), function.path("parameters"));
        }
    }

    @Override
    public Set<String> functions() {
        return schemas.keySet();
    }

    @Override
    public Set<String> of(String function, String parameter) {
        JsonNode root = schemas.get(function);
        Set<String> types = new LinkedHashSet<>();
        if (root != null) {
            collect(root, property(root, root, parameter, MAX_DEPTH), types, new HashSet<>(), MAX_DEPTH);
        }
        return types;
    }

    private static JsonNode property(JsonNode root, JsonNode object, String name, int depth) {
        if (object.path("$ref").asText().startsWith("#") && depth > 0) {
            return property(root, referred(root, object), name, depth - 1);
        }
        JsonNode named = object.path("properties").path(name);
        return named.isMissingNode() ? object.path("additionalProperties") : named;
    }

    private static JsonNode referred(JsonNode root, JsonNode schema) {
        return Recursion.at(root, Recursion.pointer(schema.get("$ref").asText()));
    }

    /** @param references those that were followed: each says the same however often it is made */
    private static void collect(JsonNode root, JsonNode schema, Set<String> types, Set<String> references, int depth) {
        if (depth == 0) {
            return;
        }
        String reference = schema.path("$ref").asText();
        if (reference.startsWith("#") && references.add(reference)) {
            collect(root, referred(root, schema), types, references, depth - 1);
        }
        CHOICES.forEach(
                keyword -> schema.path(keyword).forEach(choice -> collect(root, choice, types, references, depth - 1)));
        if (schema.has("type")) {
            JsonNode type = schema.get("type");
            (type.isArray() ? type : List.of(type)).forEach(each -> types.add(each.asText()));
        } else {
            implied(schema, types);
        }
        if (schema.path("nullable").asBoolean()) {
            types.add("null");
        }
    }

    private static void implied(JsonNode schema, Set<String> types) {
        schema.path("enum").forEach(value -> types.add(typeOf(value)));
        if (schema.has("const")) {
            types.add(typeOf(schema.get("const")));
        }
        String implied = SchemaTypes.implied(schema);
        if (implied != null) {
            types.add(implied);
        }
    }

    private static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> "null";
            case BOOLEAN -> "boolean";
            case NUMBER -> "number";
            case ARRAY -> "array";
            case OBJECT -> "object";
            default -> "string";
        };
    }
}
