package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A chat's messages in the shape that templates expect: plain text, known roles, arguments as they like them. */
final class Messages {

    private static final Pattern ARGUMENTS_AS_JSON = Pattern.compile("arguments['\"\\])]*\\s*\\|\\s*tojson");

    private final ObjectMapper json;
    private final boolean argumentsAsObjects;

    /** @param template of which it depends whether a call's arguments are told as an object or as text */
    Messages(ObjectMapper json, String template) {
        this.json = json;
        this.argumentsAsObjects = ARGUMENTS_AS_JSON.matcher(template).find();
    }

    List<JsonNode> of(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty()) {
            throw Refused.invalid("messages must be a list with at least one message.", "messages");
        }
        List<JsonNode> shaped = new ArrayList<>();
        for (JsonNode message : messages) {
            if (!message.isObject()) {
                throw Refused.invalid("Each message must be an object.", "messages");
            }
            shaped.add(shaped(message.deepCopy()));
        }
        return shaped;
    }

    private ObjectNode shaped(ObjectNode message) {
        switch (message.path("role").asText()) {
            case "developer" -> message.put("role", "system");
            case "function" -> message.put("role", "tool");
            default -> {}
        }
        JsonNode content = message.path("content");
        if (content.isArray()) {
            StringBuilder text = new StringBuilder();
            content.forEach(part -> text.append(part.path("text").asText()));
            message.put("content", text.toString());
        }
        if (argumentsAsObjects) {
            message.path("tool_calls").forEach(call -> {
                if (call.path("function") instanceof ObjectNode function) {
                    readArguments(function);
                }
            });
        }
        return message;
    }

    private void readArguments(ObjectNode function) {
        JsonNode arguments = function.path("arguments");
        if (!arguments.isTextual()) {
            return;
        }
        try {
            JsonNode read = json.readTree(arguments.textValue());
            if (read.isObject()) {
                function.set("arguments", read);
            }
        } catch (JsonProcessingException e) {
            // What is no JSON stays the text that it is.
        }
    }
}
