package dev.millrace.gpu.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Brings messages as clients send them into the shape that templates are written for. */
final class Messages {

    private Messages() {}

    static ArrayNode plain(JsonNode messages, boolean argumentsAsText) {
        ArrayNode plain = JsonNodeFactory.instance.arrayNode();
        messages.forEach(
                message -> plain.add(message.isObject() ? plain(message.deepCopy(), argumentsAsText) : message));
        return plain;
    }

    private static ObjectNode plain(ObjectNode message, boolean argumentsAsText) {
        switch (message.path("role").asText()) {
            case "developer" -> message.put("role", "system");
            case "function" -> message.put("role", "tool");
            default -> {}
        }
        if (!message.has("content")) {
            message.putNull("content");
        }
        if (message.get("content").isArray()) {
            message.put("content", joined(message.get("content")));
        }
        if (message.path("tool_calls").isNull()) {
            message.remove("tool_calls");
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
