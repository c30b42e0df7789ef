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
 */
record ToolChoice(@Nullable JsonNode tools, boolean forced) {

    static ToolChoice of(@Nullable JsonNode tools, JsonNode choice) {
        if (tools == null || !tools.isArray() || tools.isEmpty() || "none".equals(choice.asText())) {
            return new ToolChoice(null, false);
        }
        return switch (choice.path("type").asText(choice.asText("auto"))) {
            case "required" -> new ToolChoice(tools, true);
            case "function" ->
                new ToolChoice(
                        only(tools, Set.of(choice.path("function").path("name").asText())), true);
            case "allowed_tools" -> allowed(tools, choice.path("allowed_tools"));
            default -> new ToolChoice(tools, false);
        };
    }

    private static ToolChoice allowed(JsonNode tools, JsonNode allowed) {
        Set<String> names = new HashSet<>();
        allowed.path("tools")
                .forEach(tool -> names.add(tool.path("function").path("name").asText()));
        return new ToolChoice(
                only(tools, names), "required".equals(allowed.path("mode").asText()));
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
