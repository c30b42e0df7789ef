package dev.millrace.gpu.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * Brings messages as clients send them into the shape that a template is written for.
 *
 * @param argumentsAsText whether it takes the arguments of calls as the text that clients send
 * @param nothingAsNull whether it takes null as the content of a message that only calls
 */
record Messages(boolean argumentsAsText, boolean nothingAsNull) {

    ArrayNode plain(JsonNode messages) {
        ArrayNode plain = JsonNodeFactory.instance.arrayNode();
        messages.forEach(message -> plain.add(message.isObject() ? plain((ObjectNode) message.deepCopy()) : message));
        return plain;
    }

    private ObjectNode plain(ObjectNode message) {
        switch (message.path("role").asText()) {
            case "developer" -> message.put("role", "system");
            case "function" -> message.put("role", "tool");
            default -> {}
        }
        if (message.path("content").isArray()) {
            message.put("content", joined(message.get("content")));
        }
        if (message.path("tool_calls").isEmpty()) {
            message.remove("tool_calls");
        }
        if (!message.hasNonNull("content") || message.get("content").asText().isEmpty()) {
            boolean onlyCalls = message.has("tool_calls");
            message.set("content", onlyCalls && nothingAsNull ? NullNode.instance : TextNode.valueOf(""));
        }
        if (!argumentsAsText) {
            message.path("tool_calls").forEach(call -> readArguments(call.path("function")));
        }
        return message;
    }

    /** Text parts without what is between them; many templates know no parts at all. */
    private static String joined(JsonNode parts) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : parts) {
            if (!part.path("text").isTextual()) {
                throw new PromptException("a message holds a part that is no text");
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }

    private static void readArguments(JsonNode function) {
        if (!(function instanceof ObjectNode object)
                || !function.path("arguments").isTextual()) {
            return;
        }
        try {
            JsonNode arguments =
                    ModelJson.MAPPER.readTree(function.get("arguments").textValue());
            if (arguments.isObject()) {
                object.set("arguments", arguments);
            }
        } catch (JsonProcessingException e) {
            // A call that was broken when it was made is shown to the model as it was.
            return;
        }
    }
}
