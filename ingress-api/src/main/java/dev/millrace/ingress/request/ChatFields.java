package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.Priority;
import dev.millrace.ingress.limit.LimitConfig;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Every field of a chat request: what it must be, and where it goes. */
final class ChatFields {

    private static final int MAX_CHOICES = 8;
    private static final int MAX_STOPS = 16;
    private static final int MAX_STOP_CHARS = 1024;
    private static final int MAX_BIASES = 1024;
    private static final int MAX_TOP_LOGPROBS = 20;
    private static final int MAX_ID_CHARS = 256;
    private static final int MAX_MODEL_CHARS = 256;
    private static final int MAX_PAIRS = 16;
    private static final int MAX_PAIR_KEY_CHARS = 64;
    private static final int MAX_PAIR_VALUE_CHARS = 512;
    private static final int MAX_TEMPLATE_ARGUMENTS = 64;
    private static final String NO_AUDIO = "no model here speaks";

    private static final Map<String, Priority> TIERS = Map.of(
            "auto", Priority.INTERACTIVE,
            "default", Priority.INTERACTIVE,
            "flex", Priority.BACKGROUND,
            "priority", Priority.INTERACTIVE,
            "fast", Priority.INTERACTIVE,
            "scale", Priority.INTERACTIVE);
    private static final Map<String, Priority> PRIORITIES = Map.of(
            "interactive", Priority.INTERACTIVE,
            "background", Priority.BACKGROUND,
            "batch", Priority.BATCH);

    private ChatFields() {}

    static Fields<ChatDraft> of(LimitConfig limits) {
        Fields<ChatDraft> fields = new Fields<>();
        conversation(fields, limits);
        sampling(fields);
        output(fields, limits);
        circumstances(fields);
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

    private static void sampling(Fields<ChatDraft> fields) {
        fields.optional("temperature", Checks.number(0, 2), (draft, value) -> draft.sampling.setTemperature(value))
                .optional("top_p", Checks.number(0, 1), (draft, value) -> draft.sampling.setTopP(value))
                .optional("top_k", ChatFields::topK, (draft, value) -> draft.sampling.setTopK(value))
                .optional("min_p", Checks.number(0, 1), (draft, value) -> draft.sampling.setMinP(value))
                .optional(
                        "presence_penalty",
                        Checks.number(-2, 2),
                        (draft, value) -> draft.sampling.setPresencePenalty(value))
                .optional(
                        "frequency_penalty",
                        Checks.number(-2, 2),
                        (draft, value) -> draft.sampling.setFrequencyPenalty(value))
                .optional(
                        "repetition_penalty",
                        Checks.number(0.01, 10),
                        (draft, value) -> draft.sampling.setRepetitionPenalty(value))
                .optional("seed", Checks.whole(Long.MIN_VALUE, Long.MAX_VALUE), (draft, seed) -> draft.seed = seed)
                .optional("logit_bias", biases(), (draft, biases) -> draft.sampling.setLogitBias(biases))
                .optional("stop", ChatFields::stop, (draft, stop) -> draft.sampling.setStop(stop))
                .optional("ignore_eos", Checks.bool(), (draft, value) -> draft.sampling.setIgnoreEos(value))
                .optional(
                        "min_tokens",
                        Checks.integer(0, Integer.MAX_VALUE),
                        (draft, value) -> draft.sampling.setMinTokens(value))
                .optional("max_tokens", Checks.integer(1, Integer.MAX_VALUE), (draft, value) -> draft.maxTokens = value)
                .optional(
                        "max_completion_tokens",
                        Checks.integer(1, Integer.MAX_VALUE),
                        (draft, value) -> draft.maxCompletionTokens = value);
    }

    private static void output(Fields<ChatDraft> fields, LimitConfig limits) {
        fields.optional("n", Checks.integer(1, MAX_CHOICES), (draft, n) -> draft.sampling.setChoices(n))
                .optional("stream", Checks.bool(), (draft, stream) -> draft.stream = stream)
                .optional("stream_options", ChatFields::streamOptions, (draft, options) -> {
                    draft.streamOptions = true;
                    draft.includeUsage = options.path("include_usage").asBoolean();
                })
                .optional("logprobs", Checks.bool(), (draft, value) -> draft.sampling.setLogprobs(value))
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

    private static void circumstances(Fields<ChatDraft> fields) {
        Check<String> id = Checks.word(MAX_ID_CHARS);
        Check<Map<String, String>> pairs =
                Checks.mapOf(Checks.word(MAX_PAIR_KEY_CHARS), Checks.note(MAX_PAIR_VALUE_CHARS), MAX_PAIRS);
        fields.optional("user", id, (draft, user) -> draft.user = user)
                .optional("safety_identifier", id, (draft, user) -> draft.safetyIdentifier = user)
                .optional("user_id", id, (draft, user) -> draft.userId = user)
                .optional("metadata", pairs, (draft, metadata) -> draft.metadata = metadata)
                .optional("store", Checks.bool(), (draft, store) -> draft.store = store)
                .optional("prompt_cache_key", id, (draft, key) -> draft.cacheKey = key)
                .optional(
                        "service_tier",
                        Checks.oneOf("auto", "default", "flex", "priority", "fast", "scale"),
                        (draft, tier) -> draft.tier = TIERS.get(tier))
                .optional(
                        "priority",
                        Checks.oneOf("interactive", "background", "batch"),
                        (draft, priority) -> draft.priority = PRIORITIES.get(priority));
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
        return (ObjectNode) value;
    }

    /** Other servers write -1 where this one writes 0 for all tokens. */
    private static Integer topK(JsonNode value, String path) {
        return Math.max(0, Checks.integer(-1, Integer.MAX_VALUE).read(value, path));
    }

    private static Check<Map<String, Double>> biases() {
        Check<String> token = Checks.matching(Pattern.compile("0|[1-9][0-9]{0,8}"), "a token id");
        return Checks.mapOf(token, Checks.number(-100, 100), MAX_BIASES);
    }

    private static List<String> stop(JsonNode value, String path) {
        Check<String> text = Checks.text(1, MAX_STOP_CHARS);
        if (value.isTextual()) {
            return List.of(text.read(value, path));
        }
        if (!value.isArray()) {
            throw Checks.wrongType(value, path, "a string or an array of strings");
        }
        return Checks.listOf(text, 0, MAX_STOPS).read(value, path);
    }

    private static JsonNode streamOptions(JsonNode value, String path) {
        return new Fields<JsonNode>()
                .hint("include_usage", Checks.bool())
                .hint("include_obfuscation", Checks.only(Checks.bool(), false, "streams are not obfuscated"))
                .read(value, path, value);
    }

    private static JsonNode prediction(JsonNode value, String path) {
        return new Fields<JsonNode>()
                .required("type", Checks.oneOf("content"), (draft, type) -> {})
                .required("content", MessageFields.CONTENT, (draft, content) -> {})
                .read(value, path, value);
    }
}
