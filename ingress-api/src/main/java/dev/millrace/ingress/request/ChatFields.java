package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.limit.LimitConfig;
import java.util.List;
import java.util.regex.Pattern;

/** Every field of a chat request: what it must be, and where it goes. */
final class ChatFields {

    /** What a template is given of the request itself. */
    private static final List<String> OF_THE_REQUEST = List.of("messages", "tools");

    private static final int MAX_TOP_LOGPROBS = 20;
    private static final int MAX_ID_CHARS = 256;
    private static final int MAX_MODEL_CHARS = 256;
    private static final int MAX_TEMPLATE_ARGUMENTS = 64;
    private static final String NO_AUDIO = "no model here speaks";

    private ChatFields() {}

    static Fields<ChatDraft> of(LimitConfig limits) {
        Fields<ChatDraft> fields = new Fields<>();
        conversation(fields, limits);
        fields.with(SamplingFields.ALL, draft -> draft.sampling)
                .with(StreamDraft.FIELDS, draft -> draft.stream)
                .with(CircumstanceFields.COMMON, draft -> draft.circumstances)
                .with(CircumstanceFields.OF_CHATS, draft -> draft.circumstances);
        output(fields, limits);
        hints(fields);
        refused(fields);
        return fields;
    }

    private static void conversation(Fields<ChatDraft> fields, LimitConfig limits) {
        fields.required("model", Checks.word(MAX_MODEL_CHARS), (draft, model) -> draft.model = model)
                .required(
                        "messages",
                        MessageFields.messages(limits.maxMessages()),
                        (draft, messages) -> draft.messages = messages)
                .optional(
                        "chat_template_kwargs",
                        ChatFields::templateArguments,
                        (draft, arguments) -> draft.templateArguments = arguments)
                .optional(
                        "reasoning_effort",
                        Checks.oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max"),
                        (draft, effort) -> draft.reasoningEffort = effort)
                .optional("session_id", Checks.word(MAX_ID_CHARS), (draft, id) -> draft.sessionId = id);
    }

    private static void output(Fields<ChatDraft> fields, LimitConfig limits) {
        fields.optional(
                        "max_completion_tokens",
                        Checks.integer(1, Integer.MAX_VALUE),
                        (draft, value) -> draft.maxCompletionTokens = value)
                .optional("logprobs", Checks.bool(), (draft, value) -> draft.sampling.builder.setLogprobs(value))
                .optional(
                        "top_logprobs",
                        Checks.integer(0, MAX_TOP_LOGPROBS),
                        (draft, value) -> draft.topLogprobs = value)
                .optional("tools", ToolFields.tools(limits.maxTools()), (draft, tools) -> draft.tools = tools)
                .optional("tool_choice", ToolFields::choice, (draft, choice) -> draft.toolChoice = choice)
                .optional("parallel_tool_calls", Checks.bool(), (draft, value) -> draft.parallelToolCalls = value)
                .optional(
                        "functions",
                        ToolFields.functions(limits.maxTools()),
                        (draft, functions) -> draft.functions = functions)
                .optional("function_call", ToolFields::functionCall, (draft, call) -> draft.functionCall = call)
                .optional("response_format", FormatFields::format, (draft, format) -> draft.responseFormat = format);
    }

    private static void hints(Fields<ChatDraft> fields) {
        fields.hint("prediction", ChatFields::prediction)
                .hint("prompt_cache_options", (value, path) -> new Fields<Object>()
                        .hint("mode", Checks.oneOf("implicit", "explicit"))
                        .hint("ttl", Checks.matching(Pattern.compile("[1-9][0-9]{0,3}[mh]"), "a time such as 30m"))
                        .read(value, path, value))
                .hint("prompt_cache_retention", Checks.oneOf("in_memory", "in-memory", "24h"))
                .hint("verbosity", Checks.oneOf("low", "medium", "high"));
    }

    private static void refused(Fields<ChatDraft> fields) {
        fields.hint("modalities", Checks.listOf(Checks.only(Checks.oneOf("text", "audio"), "text", NO_AUDIO), 1, 1))
                .hint("audio", Checks.refused(NO_AUDIO))
                .hint("web_search_options", Checks.refused("there is no web search"))
                .hint("moderation", Checks.refused("there is no moderation"));
    }

    private static ObjectNode templateArguments(JsonNode value, String path) {
        Checks.mapOf(Checks.word(MAX_ID_CHARS), (member, at) -> member, MAX_TEMPLATE_ARGUMENTS)
                .read(value, path);
        for (String name : OF_THE_REQUEST) {
            if (value.has(name)) {
                throw Refusals.unsupported(path + "." + name, "'" + name + "' is given beside it");
            }
        }
        return (ObjectNode) value;
    }

    private static JsonNode prediction(JsonNode value, String path) {
        return new Fields<JsonNode>()
                .required("type", Checks.oneOf("content"), (draft, type) -> {})
                .required("content", MessageFields.CONTENT, (draft, content) -> {})
                .read(value, path, value);
    }
}
