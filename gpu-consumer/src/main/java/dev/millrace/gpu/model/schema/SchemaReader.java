package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON Schema as a form. What it supports it keeps to exactly; what it does not it refuses by name, because a
 * silent omission would be found only in somebody's parser.
 */
final class SchemaReader {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_RECURSION = 12;
    private static final int MAX_RULES = 20_000;

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
            "discriminator",
            "$defs",
            "definitions");

    /** What is read here; the others that are supported narrow the values of one type. */
    private static final Set<String> CHOOSING =
            Set.of("type", "enum", "const", "anyOf", "allOf", "oneOf", "$ref", "nullable");

    private final JsonNode root;
    private final Map<Named, Rule> named = new HashMap<>();
    private final Recursion recursion;
    private final List<Rule> rules = new ArrayList<>();
    private final Deque<Runnable> unread = new ArrayDeque<>();
    private final Map<String, String> pathOf = new HashMap<>();
    private final Patterns patterns = new Patterns();

    /** The schema that is being read: where a pointer leads, within how many readings of itself. */
    private Named within = new Named("", 0, Spelling.JSON);

    private record Named(String pointer, int level, Spelling spelling) {}

    private SchemaReader(JsonNode root) {
        this.root = root;
        this.recursion = new Recursion(root);
    }

    static Form read(JsonNode schema, Spelling spelling) {
        SchemaReader reader = new SchemaReader(schema);
        Rule rule = reader.named(new Named("", 0, spelling));
        while (!reader.unread.isEmpty()) {
            reader.unread.remove().run();
        }
        boolean shorter = true;
        while (shorter) {
            shorter = false;
            // What is within others was read after them.
            for (int i = reader.rules.size() - 1; i >= 0; i--) {
                shorter |= reader.rules.get(i).shorten();
            }
        }
        if (rule.leastBytes() >= Form.ENDLESS) {
            throw new SchemaException("", "nothing can ever match the schema");
        }
        return rule;
    }

    /** The rule of the schema that a JSON pointer names, made at its first mention, and read when its turn comes. */
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
        unread.add(() -> {
            within = name;
            rule.means(meaning(schema, name.spelling, name.pointer, 0));
        });
        return rule;
    }

    /** A schema may contain itself, but only so often: a tree whose every node has children would never end. */
    private Form reference(String pointer, Spelling spelling) {
        int level = recursion.leadsBack(pointer, within.pointer) ? within.level + 1 : within.level;
        return level > MAX_RECURSION ? Forms.NOTHING : named(new Named(pointer, level, spelling));
    }

    Patterns patterns() {
        return patterns;
    }

    /** The only names that an object's members may have; null where they may have any. */
    @Nullable
    Set<String> propertyNames(@Nullable JsonNode names, String path) {
        if (names == null || names.isBoolean() && names.booleanValue()) {
            return null;
        }
        JsonNode schema = names;
        for (int steps = 0; steps < MAX_DEPTH && schema.has("$ref"); steps++) {
            alone(schema, "$ref", path);
            schema = root.at(pointer(schema.get("$ref"), path));
        }
        for (String keyword : (Iterable<String>) schema::fieldNames) {
            boolean known = ANNOTATIONS.contains(keyword)
                    || Set.of("type", "enum", "const").contains(keyword);
            if (!known) {
                throw new SchemaException(path, "'" + keyword + "' in propertyNames is not supported");
            }
        }
        if (!schema.isObject() || !schema.path("type").asText("string").equals("string")) {
            throw new SchemaException(path, "propertyNames must be a schema of strings");
        }
        JsonNode listed = schema.has("const")
                ? JsonNodeFactory.instance.arrayNode().add(schema.get("const"))
                : schema.path("enum");
        Set<String> allowed = new LinkedHashSet<>();
        listed.forEach(name -> {
            if (name.isTextual()) {
                allowed.add(name.textValue());
            }
        });
        return listed.isMissingNode() ? null : allowed;
    }

    private Rule rule() {
        if (rules.size() >= MAX_RULES) {
            throw new SchemaException("", "the schema is too large");
        }
        Rule rule = new Rule();
        rules.add(rule);
        return rule;
    }

    Form read(JsonNode schema, Spelling spelling, String path, int depth) {
        if (depth > MAX_DEPTH) {
            throw new SchemaException(path, "the schema nests too deeply");
        }
        Rule rule = rule();
        rule.means(meaning(schema, spelling, path, depth));
        return rule;
    }

    private Form meaning(JsonNode schema, Spelling spelling, String path, int depth) {
        if (schema.isBoolean() && schema.booleanValue()) {
            return spelling.any();
        }
        if (!schema.isObject()) {
            throw new SchemaException(
                    path, schema.isBoolean() ? "nothing can match false" : "a schema must be an object");
        }
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!isSupported(keyword)) {
                throw new SchemaException(path, "the keyword '" + keyword + "' is not supported");
            }
        });
        Wellformed.check(schema, path);
        Form form = withoutNull(schema, spelling, path, depth);
        return schema.path("nullable").asBoolean() ? Forms.either(List.of(form, spelling.other(Values.NULL))) : form;
    }

    private static boolean isSupported(String keyword) {
        return CHOOSING.contains(keyword) || TypedForms.NARROWING.contains(keyword) || ANNOTATIONS.contains(keyword);
    }

    private Form withoutNull(JsonNode schema, Spelling spelling, String path, int depth) {
        if (schema.has("$ref")) {
            alone(schema, "$ref", path);
            return reference(pointer(schema.get("$ref"), path), spelling);
        }
        for (String keyword : List.of("anyOf", "oneOf", "allOf")) {
            if (schema.has(keyword)) {
                alone(schema, keyword, path);
                return choices(keyword, schema.get(keyword), spelling, path + "/" + keyword, depth);
            }
        }
        List<String> types = SchemaTypes.of(schema, spelling, path);
        if (schema.has("const")) {
            return Exact.of(List.of(schema.get("const")), schema, types, spelling, path);
        }
        if (schema.has("enum")) {
            JsonNode values = schema.get("enum");
            if (!values.isArray() || values.isEmpty()) {
                throw new SchemaException(path + "/enum", "enum must be a list with a value");
            }
            List<JsonNode> all = new ArrayList<>();
            values.forEach(all::add);
            return Exact.of(all, schema, types, spelling, path);
        }
        TypedForms typed = new TypedForms(this, schema, spelling, path, depth);
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
        String pointer = Recursion.pointer(text);
        pathOf.put(pointer, path + "/$ref");
        return pointer;
    }

    /** One of several, one of several that exclude each other, or all of no more than one, which some tools write. */
    private Form choices(String keyword, JsonNode choices, Spelling spelling, String path, int depth) {
        if (!choices.isArray() || choices.isEmpty()) {
            throw new SchemaException(path, keyword + " must be a list with a schema");
        }
        if (keyword.equals("allOf") && choices.size() > 1) {
            throw new SchemaException(path, "allOf of more than one schema is not supported");
        }
        if (keyword.equals("oneOf") && !new Exclusion(root).holds(choices)) {
            throw new SchemaException(path, "oneOf of schemas that may overlap is not supported; anyOf is");
        }
        List<Form> forms = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            forms.add(read(choices.get(i), spelling, path + "/" + i, depth + 1));
        }
        return Forms.either(forms);
    }
}
