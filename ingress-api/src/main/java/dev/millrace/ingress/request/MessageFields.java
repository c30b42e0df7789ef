package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** The messages of a chat: checked, and brought into the one form that templates know. */
final class MessageFields {

    private static final int MAX_TEXT_CHARS = Integer.MAX_VALUE;
    private static final int MAX_PARTS = 1024;
    private static final int MAX_CALLS = 128;
    private static final int MAX_ID_CHARS = 256;
    private static final Pattern NAME = Pattern.compile("[^\\s<|\\\\/>]{1,64}");

    private static final Check<String> TEXT = Checks.text(0, MAX_TEXT_CHARS);
    private static final Check<String> SPEAKER =
            Checks.matching(NAME, "1 to 64 characters without white space and < | \\ / >");
    static final Check<String> CONTENT = MessageFields::content;
    private static final Check<ObjectNode> CALL = MessageFields::toolCall;

    private static final Fields<ObjectNode> SPOKEN = spoken().required("content", CONTENT, put("content"));

    private static final Fields<ObjectNode> ASSISTANT = spoken().optional("content", CONTENT, put("content"))
            .optional("refusal", TEXT, put("refusal"))
            .optional("reasoning_content", TEXT, put("reasoning_content"))
            .optional("reasoning", TEXT, (message, text) -> {
                if (!message.has("reasoning_content")) {
                    message.put("reasoning_content", text);
                }
            })
            .optional(
                    "tool_calls", Checks.listOf(CALL, 1, MAX_CALLS), (message, calls) -> message.putArray("tool_calls")
                            .addAll(calls))
            .optional("function_call", MessageFields::functionCall, (message, call) -> message.putArray("tool_calls")
                    .add(call))
            .optional("audio", Checks.refused("no model here takes audio"), put("audio"))
            .hint("annotations", Checks.listOf(Checks.refused("annotations mean nothing here"), 0, 0));

    private static final Fields<ObjectNode> TOOL = spoken().required("content", CONTENT, put("content"))
            .required("tool_call_id", Checks.word(MAX_ID_CHARS), put("tool_call_id"));

    private static final Fields<ObjectNode> FUNCTION = new Fields<ObjectNode>()
            .required("role", TEXT, (message, role) -> {})
            .required("name", SPEAKER, put("name"))
            .optional("content", CONTENT, put("content"));

    private static final Map<String, Fields<ObjectNode>> BY_ROLE = Map.of(
            "system",
            SPOKEN,
            "developer",
            SPOKEN,
            "user",
            SPOKEN,
            "assistant",
            ASSISTANT,
            "tool",
            TOOL,
            "function",
            FUNCTION);

    private static final Map<String, String> TEMPLATE_ROLES = Map.of("developer", "system", "function", "tool");

    private MessageFields() {}

    private static Fields<ObjectNode> spoken() {
        return new Fields<ObjectNode>()
                .required("role", TEXT, (message, role) -> {})
                .optional("name", SPEAKER, put("name"));
    }

    private static BiConsumer<ObjectNode, String> put(String name) {
        return (message, text) -> message.put(name, text);
    }

    static Check<List<ObjectNode>> messages(int max) {
        return Checks.listOf(MessageFields::message, 1, max);
    }

    private static ObjectNode message(JsonNode value, String path) {
        ObjectNode given = Checks.object().read(value, path);
        JsonNode roleNode = given.get("role");
        if (roleNode == null) {
            throw Refusals.missing(path + ".role");
        }
        String role = TEXT.read(roleNode, path + ".role");
        Fields<ObjectNode> fields = BY_ROLE.get(role);
        if (fields == null) {
            throw Refusals.wrongValue(path + ".role", "one of developer, system, user, assistant, tool, function");
        }
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("role", TEMPLATE_ROLES.getOrDefault(role, role));
        fields.read(given, path, message);
        if (fields == ASSISTANT && !message.has("content") && !message.has("tool_calls") && !message.has("refusal")) {
            throw Refusals.missing(path + ".content");
        }
        return message;
    }

    /**
     * A tool's answer must belong to a call that was made before it, or the model could not tell what it is.
     *
     * @param context what was said before the messages
     */
    static void requireCallsBeforeAnswers(List<? extends JsonNode> context, List<ObjectNode> messages) {
        Set<String> calls = new HashSet<>();
        for (JsonNode message : context) {
            message.path("tool_calls").forEach(call -> calls.add(call.path("id").asText()));
        }
        for (int i = 0; i < messages.size(); i++) {
            ObjectNode message = messages.get(i);
            message.path("tool_calls").forEach(call -> calls.add(call.path("id").asText()));
            JsonNode answered = message.get("tool_call_id");
            if (answered != null && !calls.contains(answered.textValue())) {
                throw Refusals.invalid(
                        "messages[" + i + "].tool_call_id",
                        "invalid_value",
                        "A message with role 'tool' must answer a call of an earlier message's 'tool_calls'.");
            }
        }
    }

    /** A text, or a list of texts, which are one text in pieces. */
    private static String content(JsonNode value, String path) {
        if (value.isTextual()) {
            return value.textValue();
        }
        if (!value.isArray()) {
            throw Checks.wrongType(value, path, "a string or an array of text parts");
        }
        return String.join("", Checks.listOf(MessageFields::part, 1, MAX_PARTS).read(value, path));
    }

    private static String part(JsonNode value, String path) {
        JsonNode type = Checks.object().read(value, path).get("type");
        if (type == null) {
            throw Refusals.missing(path + ".type");
        }
        String kind = TEXT.read(type, path + ".type");
        String[] text = {""};
        switch (kind) {
            case "text" ->
                new Fields<String[]>()
                        .required("type", TEXT, (into, ignored) -> {})
                        .required("text", TEXT, (into, given) -> into[0] = given)
                        .read(value, path, text);
            case "refusal" ->
                new Fields<String[]>()
                        .required("type", TEXT, (into, ignored) -> {})
                        .required("refusal", TEXT, (into, given) -> into[0] = given)
                        .read(value, path, text);
            case "image_url", "input_audio", "file" ->
                throw Refusals.unsupported(path, "no model here takes parts of type " + kind);
            default -> throw Refusals.wrongValue(path + ".type", "text");
        }
        return text[0];
    }

    private static ObjectNode toolCall(JsonNode value, String path) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        return new Fields<ObjectNode>()
                .required("id", Checks.word(MAX_ID_CHARS), put("id"))
                .required("type", Checks.only(TEXT, "function", "only functions can be called"), put("type"))
                .required("function", MessageFields::called, (into, function) -> into.set("function", function))
                .read(value, path, call);
    }

    private static ObjectNode functionCall(JsonNode value, String path) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("type", "function");
        call.set("function", called(value, path));
        return call;
    }

    private static ObjectNode called(JsonNode value, String path) {
        return new Fields<ObjectNode>()
                .required("name", ToolFields.NAME, put("name"))
                .required("arguments", TEXT, put("arguments"))
                .read(value, path, JsonNodeFactory.instance.objectNode());
    }
}
