package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a JSON Schema as a form. What it supports it keeps to exactly; what it does not it refuses by name, because a
 * silent omission would be found only in somebody's parser.
 */
final class SchemaReader {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_RECURSION = 12;
    private static final int MAX_RULES = 20_000;
    private static final int MAX_PATTERN_STATES = 20_000;

    private static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "example",
            "$schema",
            "$id",
            "$anchor",
            "$comment",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$defs",
            "definitions");
    private static final Set<String> SUPPORTED = Set.of(
            "type",
            "enum",
            "const",
            "anyOf",
            "$ref",
            "nullable",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum");
    private static final List<String> TYPES =
            List.of("null", "boolean", "integer", "number", "string", "array", "object");

    private final JsonNode root;
    private final Map<Named, Rule> named = new HashMap<>();
    private final Recursion recursion;
    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, String> pathOf = new HashMap<>();
    private final Map<String, Dfa> patterns = new HashMap<>();
    private int patternStates;

    /** The schema that is being read: where a pointer leads, within how many readings of itself. */
    private Named within = new Named("", 0);

    private record Named(String pointer, int level) {}

    private SchemaReader(JsonNode root) {
        this.root = root;
        this.recursion = new Recursion(root);
    }

    static Form read(JsonNode schema) {
        SchemaReader reader = new SchemaReader(schema);
        Rule rule = reader.named(new Named("", 0));
        boolean shorter = true;
        while (shorter) {
            shorter = false;
            for (Rule each : reader.rules) {
                shorter |= each.shorten();
            }
        }
        if (rule.leastBytes() >= Form.ENDLESS) {
            throw new SchemaException("", "nothing can ever match the schema");
        }
        return rule;
    }

    /** The rule of the schema that a JSON pointer names, made at its first mention. */
    private Rule named(Named name) {
        Rule known = named.get(name);
        if (known != null) {
            return known;
        }
        JsonNode schema = root.at(name.pointer);
        if (schema.isMissingNode()) {
            throw new SchemaException(pathOf.getOrDefault(name.pointer, ""), "$ref names nothing: #" + name.pointer);
        }
        Rule rule = rule();
        named.put(name, rule);
        Named outer = within;
        within = name;
        rule.means(meaning(schema, name.pointer, 0));
        within = outer;
        return rule;
    }

    /** A schema may contain itself, but only so often: a tree whose every node has children would never end. */
    private Form reference(String pointer) {
        int level = recursion.leadsBack(pointer, within.pointer) ? within.level + 1 : within.level;
        return level > MAX_RECURSION ? Forms.NOTHING : named(new Named(pointer, level));
    }

    /** Made once however often a schema says it; all of them together are bounded. */
    Dfa pattern(String pattern, String path) {
        Dfa known = patterns.get(pattern);
        if (known != null) {
            return known;
        }
        Dfa made = Dfa.of(pattern, path);
        patternStates += made.states();
        if (patternStates > MAX_PATTERN_STATES) {
            throw new SchemaException(path, "the schema's patterns are too large together");
        }
        patterns.put(pattern, made);
        return made;
    }

    private Rule rule() {
        if (rules.size() >= MAX_RULES) {
            throw new SchemaException("", "the schema is too large");
        }
        Rule rule = new Rule();
        rules.add(rule);
        return rule;
    }

    Form read(JsonNode schema, String path, int depth) {
        if (depth > MAX_DEPTH) {
            throw new SchemaException(path, "the schema nests too deeply");
        }
        Rule rule = rule();
        rule.means(meaning(schema, path, depth));
        return rule;
    }

    private Form meaning(JsonNode schema, String path, int depth) {
        if (schema.isBoolean() && schema.booleanValue()) {
            return Values.ANY;
        }
        if (!schema.isObject()) {
            throw new SchemaException(
                    path, schema.isBoolean() ? "nothing can match false" : "a schema must be an object");
        }
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!SUPPORTED.contains(keyword) && !ANNOTATIONS.contains(keyword)) {
                throw new SchemaException(path, "the keyword '" + keyword + "' is not supported");
            }
        });
        Form form = withoutNull(schema, path, depth);
        return schema.path("nullable").asBoolean() ? Forms.either(List.of(form, Values.NULL)) : form;
    }

    private Form withoutNull(JsonNode schema, String path, int depth) {
        if (schema.has("$ref")) {
            alone(schema, "$ref", path);
            return reference(pointer(schema.get("$ref"), path));
        }
        if (schema.has("anyOf")) {
            alone(schema, "anyOf", path);
            return anyOf(schema.get("anyOf"), path + "/anyOf", depth);
        }
        List<String> types = types(schema, path);
        if (schema.has("const")) {
            return Exact.of(List.of(schema.get("const")), schema, types, path);
        }
        if (schema.has("enum")) {
            JsonNode values = schema.get("enum");
            if (!values.isArray() || values.isEmpty()) {
                throw new SchemaException(path + "/enum", "enum must be a list with a value");
            }
            List<JsonNode> all = new ArrayList<>();
            values.forEach(all::add);
            return Exact.of(all, schema, types, path);
        }
        TypedForms typed = new TypedForms(this, schema, path, depth);
        return Forms.either(types.stream().map(typed::of).toList());
    }

    private void alone(JsonNode schema, String keyword, String path) {
        schema.fieldNames().forEachRemaining(other -> {
            if (!other.equals(keyword) && !other.equals("nullable") && !ANNOTATIONS.contains(other)) {
                throw new SchemaException(path, "'" + other + "' beside '" + keyword + "' is not supported");
            }
        });
    }

    private String pointer(JsonNode ref, String path) {
        String text = ref.asText();
        if (!ref.isTextual() || !text.equals("#") && !text.startsWith("#/")) {
            throw new SchemaException(path + "/$ref", "only a $ref into the same schema is supported, not " + ref);
        }
        pathOf.put(text.substring(1), path + "/$ref");
        return text.substring(1);
    }

    private Form anyOf(JsonNode choices, String path, int depth) {
        if (!choices.isArray() || choices.isEmpty()) {
            throw new SchemaException(path, "anyOf must be a list with a schema");
        }
        List<Form> forms = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            forms.add(read(choices.get(i), path + "/" + i, depth + 1));
        }
        return Forms.either(forms);
    }

    private static List<String> types(JsonNode schema, String path) {
        JsonNode type = schema.get("type");
        List<String> types = new ArrayList<>();
        if (type == null) {
            boolean object = schema.has("properties") || schema.has("required") || schema.has("additionalProperties");
            boolean array = schema.has("items") || schema.has("minItems") || schema.has("maxItems");
            boolean string = schema.has("pattern") || schema.has("minLength") || schema.has("maxLength");
            if (object || array || string) {
                return List.of(object ? "object" : array ? "array" : "string");
            }
            return TYPES.stream().filter(name -> !name.equals("integer")).toList();
        }
        if (type.isArray()) {
            type.forEach(each -> types.add(each.asText()));
        } else {
            types.add(type.asText());
        }
        for (String name : types) {
            if (!TYPES.contains(name)) {
                throw new SchemaException(path + "/type", "there is no type '" + name + "'");
            }
        }
        if (types.isEmpty()) {
            throw new SchemaException(path + "/type", "type must not be empty");
        }
        return types;
    }
}
