package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tools a model is told of.
 *
 * @param tools none where nothing may be called
 * @param forced whether one must be called
 * @param selected whether they are not all that there are
 */
record ToolChoice(@Nullable JsonNode tools, boolean forced, boolean selected) {

    static ToolChoice of(@Nullable JsonNode tools, JsonNode choice) {
        if (tools == null || !tools.isArray() || tools.isEmpty() || "none".equals(choice.asText())) {
            return new ToolChoice(null, false, false);
        }
        return switch (choice.path("type").asText(choice.asText("auto"))) {
            case "required" -> new ToolChoice(tools, true, false);
            case "function" ->
                new ToolChoice(
                        only(tools, Set.of(choice.path("function").path("name").asText())), true, true);
            case "allowed_tools" -> allowed(tools, choice.path("allowed_tools"));
            default -> new ToolChoice(tools, false, false);
        };
    }

    private static ToolChoice allowed(JsonNode tools, JsonNode allowed) {
        Set<String> names = new HashSet<>();
        allowed.path("tools")
                .forEach(tool -> names.add(tool.path("function").path("name").asText()));
        return new ToolChoice(
                only(tools, names), "required".equals(allowed.path("mode").asText()), true);
    }

    /** Whether a call that nobody forced is kept to a form all the same: to these names, or to what a tool is strict in. */
    boolean holdsCalls() {
        if (tools != null && !forced) {
            for (JsonNode tool : tools) {
                if (selected || isStrict(tool)) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean isStrict(JsonNode tool) {
        return tool.path("function").path("strict").asBoolean();
    }

    private static ArrayNode only(JsonNode tools, Set<String> names) {
        ArrayNode left = JsonNodeFactory.instance.arrayNode();
        for (JsonNode tool : tools) {
            if (names.contains(tool.path("function").path("name").asText())) {
                left.add(tool);
            }
        }
        if (left.isEmpty()) {
            throw Refused.invalid("tool_choice names no function that is in tools.", "tool_choice");
        }
        return left;
    }
}
