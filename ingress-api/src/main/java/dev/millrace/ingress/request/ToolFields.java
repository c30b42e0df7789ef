package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Tools, and which of them may or must be called; the deprecated functions become tools here. */
final class ToolFields {

    static final Check<String> NAME =
            Checks.matching(Pattern.compile("[a-zA-Z0-9_-]{1,64}"), "1 to 64 letters, digits, underscores and dashes");

    private static final int MAX_DESCRIPTION_CHARS = 65_536;
    private static final Check<String> TEXT = Checks.text(0, Integer.MAX_VALUE);

    private static final Fields<ObjectNode> FUNCTION = new Fields<ObjectNode>()
            .required("name", NAME, (function, name) -> function.put("name", name))
            .optional(
                    "description",
                    Checks.text(0, MAX_DESCRIPTION_CHARS),
                    (function, text) -> function.put("description", text))
            .optional("parameters", ToolFields::parameters, (function, schema) -> function.set("parameters", schema))
            .optional("strict", Checks.bool(), (function, strict) -> function.put("strict", strict));

    private ToolFields() {}

    static Check<List<ObjectNode>> tools(int max) {
        return distinct(Checks.listOf(ToolFields::tool, 1, max));
    }

    static Check<List<ObjectNode>> functions(int max) {
        return distinct(Checks.listOf((value, path) -> asTool(function(value, path)), 1, max));
    }

    private static Check<List<ObjectNode>> distinct(Check<List<ObjectNode>> check) {
        return (value, path) -> {
            List<ObjectNode> tools = check.read(value, path);
            Set<String> names = new HashSet<>();
            for (int i = 0; i < tools.size(); i++) {
                if (!names.add(name(tools.get(i)))) {
                    throw Refusals.wrongValue(path + "[" + i + "]", "a name that no other function has");
                }
            }
            return tools;
        };
    }

    static String name(ObjectNode tool) {
        return tool.path("function").path("name").asText();
    }

    private static ObjectNode tool(JsonNode value, String path) {
        requireFunctionType(value, path);
        ObjectNode[] function = {JsonNodeFactory.instance.objectNode()};
        new Fields<ObjectNode[]>()
                .required("type", TEXT, (into, type) -> {})
                .required("function", ToolFields::function, (into, given) -> into[0] = given)
                .read(value, path, function);
        return asTool(function[0]);
    }

    private static ObjectNode function(JsonNode value, String path) {
        ObjectNode function = FUNCTION.read(value, path, JsonNodeFactory.instance.objectNode());
        if (!function.has("parameters")) {
            // To leave them out is to say that there are none, which templates want spelled out.
            ObjectNode none = function.putObject("parameters").put("type", "object");
            none.putObject("properties");
            none.put("additionalProperties", false);
        }
        return function;
    }

    /** Arguments are an object, whatever else their schema says. */
    private static ObjectNode parameters(JsonNode value, String path) {
        ObjectNode schema = Checks.object().read(value, path);
        JsonNode type = schema.get("type");
        if (type != null && !"object".equals(type.textValue())) {
            throw Refusals.wrongValue(path + ".type", "object");
        }
        return schema;
    }

    private static ObjectNode asTool(ObjectNode function) {
        ObjectNode tool = JsonNodeFactory.instance.objectNode();
        tool.put("type", "function");
        tool.set("function", function);
        return tool;
    }

    private static void requireFunctionType(JsonNode value, String path) {
        JsonNode type = Checks.object().read(value, path).get("type");
        if (type == null) {
            throw Refusals.missing(path + ".type");
        }
        String kind = TEXT.read(type, path + ".type");
        if (kind.equals("custom")) {
            throw Refusals.unsupported(path, "custom tools are not taken");
        }
        if (!kind.equals("function")) {
            throw Refusals.wrongValue(path + ".type", "function");
        }
    }

    /** none, auto, required, a named function, or a selection of the tools. */
    static JsonNode choice(JsonNode value, String path) {
        if (value.isTextual()) {
            Checks.oneOf("none", "auto", "required").read(value, path);
            return value;
        }
        if (!value.isObject()) {
            throw Checks.wrongType(value, path, "a string or an object");
        }
        if ("allowed_tools".equals(value.path("type").asText())) {
            return allowed(value, path);
        }
        return named(value, path);
    }

    /** The deprecated form: none, auto, or {"name"}. */
    static JsonNode functionCall(JsonNode value, String path) {
        if (value.isTextual()) {
            Checks.oneOf("none", "auto").read(value, path);
            return value;
        }
        return asTool(new Fields<ObjectNode>()
                .required("name", NAME, (function, name) -> function.put("name", name))
                .read(value, path, JsonNodeFactory.instance.objectNode()));
    }

    private static ObjectNode named(JsonNode value, String path) {
        requireFunctionType(value, path);
        ObjectNode named = JsonNodeFactory.instance.objectNode();
        new Fields<ObjectNode>()
                .required("type", TEXT, (function, type) -> {})
                .required(
                        "function",
                        (given, at) -> new Fields<ObjectNode>()
                                .required("name", NAME, (function, name) -> function.put("name", name))
                                .read(given, at, named),
                        (function, given) -> {})
                .read(value, path, named);
        return asTool(named);
    }

    private static ObjectNode allowed(JsonNode value, String path) {
        ObjectNode selection = JsonNodeFactory.instance.objectNode();
        Check<ObjectNode> inner = (given, at) -> new Fields<ObjectNode>()
                .required("mode", Checks.oneOf("auto", "required"), (into, mode) -> into.put("mode", mode))
                .required(
                        "tools",
                        Checks.listOf(ToolFields::named, 1, Integer.MAX_VALUE),
                        (into, tools) -> into.putArray("tools").addAll(tools))
                .read(given, at, JsonNodeFactory.instance.objectNode());
        return new Fields<ObjectNode>()
                .required("type", TEXT, (into, type) -> into.put("type", type))
                .required("allowed_tools", inner, (into, tools) -> into.set("allowed_tools", tools))
                .read(value, path, selection);
    }

    /** A choice may only name tools that are there. */
    static void requireKnown(JsonNode choice, List<ObjectNode> tools, String path) {
        Set<String> names = new HashSet<>();
        tools.forEach(tool -> names.add(name(tool)));
        if (choice.has("function") && !names.contains(name((ObjectNode) choice))) {
            throw Refusals.wrongValue(path, "the name of one of the given functions");
        }
        for (JsonNode selected : choice.path("allowed_tools").path("tools")) {
            if (!names.contains(name((ObjectNode) selected))) {
                throw Refusals.wrongValue(path + ".allowed_tools.tools", "names of the given functions");
            }
        }
    }
}
