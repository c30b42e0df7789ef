package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random schemas from the supported set, and random instances of them. */
public final class RandomSchemas {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> NAMES =
            List.of("name", "age", "city", "tags", "größe", "x", "y", "is_open", "价格", "a b", "quote\"d", "items");
    private static final List<String> WORDS = List.of(
            "",
            "a",
            "Paris",
            "hello world",
            "Zürich",
            "你好",
            "tab\there",
            "say \"hi\"",
            "back\\slash",
            "😀 ok",
            "line\nbreak");

    /** Patterns beside strings that they match. */
    private static final List<List<String>> PATTERNS = List.of(
            List.of("^[A-Z]{2}-\\d{3}$", "AB-123", "ZZ-000"),
            List.of("^(red|green|blue)$", "red", "blue"),
            List.of("^\\w+@\\w+\\.(com|org)$", "a_b@c.org", "x@y.com"),
            List.of("\\d", "abc7", "1"),
            List.of("^#[0-9a-f]{6}$", "#00ff7e"),
            List.of("^[^aeiou ]*$", "xyz", ""),
            List.of("^(\\d{1,3}\\.){3}\\d{1,3}$", "10.0.0.1"),
            List.of("^é+$", "ééé"));

    private final Random random;

    public RandomSchemas(long seed) {
        this.random = new Random(seed);
    }

    public JsonNode schema() {
        ObjectNode schema = schema(3);
        if (random.nextInt(8) == 0) {
            ObjectNode tree = JSON.objectNode();
            tree.put("type", "object");
            tree.putObject("properties").set("value", schema(1));
            ObjectNode children = JSON.objectNode().put("type", "array").put("maxItems", 2);
            children.putObject("items").put("$ref", "#/$defs/tree");
            ((ObjectNode) tree.get("properties")).set("children", children);
            tree.putArray("required").add("value");
            tree.put("additionalProperties", false);
            ObjectNode root = JSON.objectNode().put("$ref", "#/$defs/tree");
            root.putObject("$defs").set("tree", tree);
            return root;
        }
        return schema;
    }

    private ObjectNode schema(int depth) {
        ObjectNode schema = JSON.objectNode();
        if (random.nextInt(4) == 0) {
            schema.put("description", "something");
        }
        switch (random.nextInt(depth > 0 ? 12 : 8)) {
            case 0 -> schema.put("type", "boolean");
            case 1 -> schema.put("type", "null");
            case 2, 3 -> number(schema);
            case 4, 5 -> string(schema);
            case 6 -> values(schema.putArray("enum"));
            case 7 -> schema.set("const", value());
            case 8 -> array(schema, depth);
            case 9, 10 -> object(schema, depth);
            default -> {
                ArrayNode choices = schema.putArray("anyOf");
                for (int i = random.nextInt(3); i >= 0; i--) {
                    choices.add(schema(depth - 1));
                }
            }
        }
        if (random.nextInt(8) == 0 && !schema.has("const") && !schema.has("enum")) {
            schema.put("nullable", true);
        }
        return schema;
    }

    private void number(ObjectNode schema) {
        boolean integer = random.nextBoolean();
        schema.put("type", integer ? "integer" : "number");
        if (random.nextInt(3) > 0) {
            int low = random.nextInt(2000) - 1000;
            schema.put(random.nextInt(4) == 0 ? "exclusiveMinimum" : "minimum", low);
            if (random.nextBoolean()) {
                schema.put(random.nextInt(4) == 0 ? "exclusiveMaximum" : "maximum", low + 2 + random.nextInt(1000));
            }
        }
    }

    private void string(ObjectNode schema) {
        schema.put("type", "string");
        if (random.nextInt(3) == 0) {
            schema.put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())).get(0));
        } else {
            if (random.nextInt(3) == 0) {
                schema.put("minLength", random.nextInt(5));
            }
            if (random.nextBoolean()) {
                schema.put("maxLength", 5 + random.nextInt(20));
            }
        }
    }

    private void values(ArrayNode into) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            into.add(value());
        }
    }

    private JsonNode value() {
        return switch (random.nextInt(5)) {
            case 0 -> JSON.numberNode(random.nextInt(2000) - 1000);
            case 1 -> JSON.booleanNode(random.nextBoolean());
            case 2 -> JSON.nullNode();
            default -> JSON.textNode(WORDS.get(random.nextInt(WORDS.size())));
        };
    }

    private void array(ObjectNode schema, int depth) {
        schema.put("type", "array");
        schema.set("items", schema(depth - 1));
        if (random.nextBoolean()) {
            schema.put("minItems", random.nextInt(3));
        }
        schema.put("maxItems", 2 + random.nextInt(3));
    }

    private void object(ObjectNode schema, int depth) {
        schema.put("type", "object");
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (String name : names.subList(0, 1 + random.nextInt(4))) {
            properties.set(name, schema(depth - 1));
            if (random.nextBoolean()) {
                required.add(name);
            }
        }
        switch (random.nextInt(6)) {
            case 0 -> {}
            case 1 -> schema.set("additionalProperties", schema(0));
            default -> schema.put("additionalProperties", false);
        }
    }

    /** A value that the schema allows. */
    public JsonNode instance(JsonNode schema) {
        return instance(schema, schema, 0);
    }

    private JsonNode instance(JsonNode schema, JsonNode root, int depth) {
        if (schema.has("$ref")) {
            return instance(root.at(schema.get("$ref").asText().substring(1)), root, depth + 1);
        }
        if (schema.path("nullable").asBoolean() && random.nextInt(4) == 0) {
            return JSON.nullNode();
        }
        if (schema.has("anyOf")) {
            JsonNode choices = schema.get("anyOf");
            return instance(choices.get(random.nextInt(choices.size())), root, depth + 1);
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
        }
        return switch (schema.path("type").asText()) {
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "null" -> JSON.nullNode();
            case "integer", "number" -> numberFor(schema);
            case "string" -> stringFor(schema);
            case "array" -> arrayFor(schema, root, depth);
            default -> objectFor(schema, root, depth);
        };
    }

    private JsonNode numberFor(JsonNode schema) {
        long low = schema.has("exclusiveMinimum")
                ? schema.get("exclusiveMinimum").asLong() + 1
                : schema.path("minimum").asLong(-5000);
        long high = schema.has("exclusiveMaximum")
                ? schema.get("exclusiveMaximum").asLong() - 1
                : schema.path("maximum").asLong(low + 5000);
        long whole = low + (long) (random.nextDouble() * (high - low));
        if (schema.get("type").asText().equals("integer") || random.nextBoolean() || whole == high) {
            return JSON.numberNode(whole);
        }
        return JSON.numberNode(new BigDecimal(whole).add(new BigDecimal(random.nextInt(1000)).movePointLeft(3)));
    }

    private JsonNode stringFor(JsonNode schema) {
        for (List<String> pattern : PATTERNS) {
            if (pattern.get(0).equals(schema.path("pattern").asText())) {
                return JSON.textNode(pattern.get(1 + random.nextInt(pattern.size() - 1)));
            }
        }
        int least = schema.path("minLength").asInt(0);
        int most = schema.path("maxLength").asInt(40);
        String text = WORDS.get(random.nextInt(WORDS.size()));
        while (text.codePointCount(0, text.length()) < least) {
            text += "语";
        }
        int length = Math.min(most, text.codePointCount(0, text.length()));
        return JSON.textNode(text.substring(0, text.offsetByCodePoints(0, length)));
    }

    private JsonNode arrayFor(JsonNode schema, JsonNode root, int depth) {
        ArrayNode array = JSON.arrayNode();
        int least = schema.path("minItems").asInt(0);
        int most = depth > 6 ? least : schema.path("maxItems").asInt(3);
        for (int i = least + random.nextInt(most - least + 1); i > 0; i--) {
            array.add(instance(schema.get("items"), root, depth + 1));
        }
        return array;
    }

    private JsonNode objectFor(JsonNode schema, JsonNode root, int depth) {
        List<String> names = new ArrayList<>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        Collections.shuffle(names, random);
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        ObjectNode object = JSON.objectNode();
        for (String name : names) {
            if (required.contains(name) || depth < 6 && random.nextBoolean()) {
                object.set(name, instance(schema.get("properties").get(name), root, depth + 1));
            }
        }
        JsonNode additional = schema.get("additionalProperties");
        if (random.nextBoolean() && (additional == null || additional.isObject())) {
            object.set("other", additional == null ? value() : instance(additional, root, depth + 1));
        }
        return object;
    }
}
