package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/**
 * Whether schemas exclude each other, so that one of them is what any of them is: by their types, or as the members of a
 * tagged union do, by a required string that no two of them share.
 */
final class Exclusion {

    private static final int MAX_STEPS = 100;

    private final JsonNode root;

    Exclusion(JsonNode root) {
        this.root = root;
    }

    boolean holds(JsonNode schemas) {
        for (int i = 0; i < schemas.size(); i++) {
            for (int k = 0; k < i; k++) {
                if (!areApart(meant(schemas.get(i)), meant(schemas.get(k)))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What a schema that only refers to another one refers to. */
    private JsonNode meant(JsonNode schema) {
        JsonNode found = schema;
        for (int steps = 0; steps < MAX_STEPS; steps++) {
            if (found.path("$ref").asText().startsWith("#")) {
                found = root.at(Recursion.pointer(found.get("$ref").asText()));
            } else if (found.path("allOf").size() == 1) {
                found = found.get("allOf").get(0);
            } else {
                break;
            }
        }
        return found;
    }

    private boolean areApart(JsonNode a, JsonNode b) {
        if (a.path("nullable").asBoolean() || b.path("nullable").asBoolean()) {
            return false;
        }
        return areApart(types(a), types(b)) || areApart(strings(a), strings(b)) || haveTag(a, b);
    }

    private static boolean areApart(Set<String> a, Set<String> b) {
        return !a.isEmpty() && !b.isEmpty() && Collections.disjoint(a, b);
    }

    private boolean haveTag(JsonNode a, JsonNode b) {
        for (Iterator<String> names = a.path("properties").fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (requires(a, name) && requires(b, name) && areApart(tag(a, name), tag(b, name))) {
                return true;
            }
        }
        return false;
    }

    private static boolean requires(JsonNode schema, String name) {
        for (JsonNode required : schema.path("required")) {
            if (required.asText().equals(name)) {
                return schema.path("type").asText().equals("object");
            }
        }
        return false;
    }

    private Set<String> tag(JsonNode schema, String name) {
        return strings(meant(schema.path("properties").path(name)));
    }

    /** The strings that are all that a schema allows; none where that is not so. */
    private static Set<String> strings(JsonNode schema) {
        Set<String> strings = new HashSet<>();
        if (schema.path("const").isTextual()) {
            strings.add(schema.get("const").textValue());
        } else {
            for (JsonNode value : schema.path("enum")) {
                if (!value.isTextual()) {
                    return Set.of();
                }
                strings.add(value.textValue());
            }
        }
        return strings;
    }

    private static Set<String> types(JsonNode schema) {
        Set<String> types = new HashSet<>();
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            types.add(type.textValue());
        }
        type.forEach(each -> types.add(each.asText()));
        if (types.remove("integer")) {
            types.add("number");
        }
        return types;
    }
}
