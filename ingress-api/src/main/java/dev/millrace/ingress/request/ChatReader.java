package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.Priority;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.limit.LimitConfig;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat request: each field by itself, then what fields must be to each other. A seed is drawn where the caller
 * gave none, so that whoever goes on with an answer draws the same noise.
 */
@Singleton
public final class ChatReader {

    private static final String ENABLE_THINKING = "enable_thinking";

    private final JsonBody json;
    private final RandomGenerator random;
    private final Fields<ChatDraft> fields;

    public ChatReader(JsonBody json, LimitConfig limits, RandomGenerator random) {
        this.json = json;
        this.random = random;
        this.fields = ChatFields.of(limits);
    }

    public ChatCall read(byte[] body) {
        ChatDraft draft = fields.read(json.read(body), "", new ChatDraft());
        requireSense(draft);
        List<ObjectNode> functions = draft.functions;
        boolean legacy = functions != null;
        JsonNode choice = legacy ? draft.functionCall : draft.toolChoice;
        draft.sampling.setMaxTokens(maxTokens(draft));
        draft.sampling.setTopLogprobs(Objects.requireNonNullElse(draft.topLogprobs, 0));
        draft.sampling.setSeed(draft.seed != null ? draft.seed : random.nextLong());
        return new ChatCall(
                draft.model,
                draft.messages,
                functions == null ? draft.tools : functions,
                templateArguments(draft),
                draft.sampling.build(),
                draft.maxCompletionTokens != null ? "max_completion_tokens" : "max_tokens",
                choice == null ? null : choice.toString(),
                draft.responseFormat,
                !legacy && (draft.parallelToolCalls == null || draft.parallelToolCalls),
                legacy,
                draft.stream,
                draft.includeUsage != null && draft.includeUsage,
                draft.sessionId,
                endUser(draft),
                draft.cacheKey,
                priority(draft),
                draft.metadata,
                draft.store);
    }

    private static void requireSense(ChatDraft draft) {
        if (draft.topLogprobs != null && !draft.sampling.getLogprobs()) {
            throw Refusals.wrongValue("top_logprobs", "'logprobs' to be true with it");
        }
        if (draft.streamOptions && !draft.stream) {
            throw Refusals.wrongValue("stream_options", "'stream' to be true with it");
        }
        if (draft.maxTokens != null
                && draft.maxCompletionTokens != null
                && !draft.maxTokens.equals(draft.maxCompletionTokens)) {
            throw Refusals.wrongValue("max_tokens", "the value of 'max_completion_tokens', or only one of them");
        }
        Integer most = maxTokens(draft);
        if (most != null && draft.sampling.getMinTokens() > most) {
            throw Refusals.wrongValue("min_tokens", "at most the value of 'max_tokens'");
        }
        if (draft.sessionId == null) {
            MessageFields.requireCallsBeforeAnswers(draft.messages);
        }
        requireSensibleTools(draft);
    }

    private static void requireSensibleTools(ChatDraft draft) {
        if (draft.functions != null && !draft.tools.isEmpty()) {
            throw Refusals.wrongValue("functions", "'tools' or 'functions', not both");
        }
        requireTools(draft.toolChoice, draft.tools, "tool_choice", "tools");
        requireTools(
                draft.functionCall,
                draft.functions == null ? List.of() : draft.functions,
                "function_call",
                "functions");
        if (draft.parallelToolCalls != null && draft.tools.isEmpty()) {
            throw Refusals.wrongValue("parallel_tool_calls", "'tools' with it");
        }
    }

    private static void requireTools(
            @Nullable JsonNode choice, List<ObjectNode> tools, String param, String toolsParam) {
        if (choice == null) {
            return;
        }
        if (tools.isEmpty() && !choice.equals(JsonNodeFactory.instance.textNode("none"))) {
            throw Refusals.wrongValue(param, "'" + toolsParam + "' with it");
        }
        ToolFields.requireKnown(choice, tools, param);
    }

    private static @Nullable Integer maxTokens(ChatDraft draft) {
        return draft.maxCompletionTokens != null ? draft.maxCompletionTokens : draft.maxTokens;
    }

    /** The effort speaks to the template in the words that it knows, unless the caller already did. */
    private static ObjectNode templateArguments(ChatDraft draft) {
        ObjectNode arguments =
                draft.templateArguments == null ? JsonNodeFactory.instance.objectNode() : draft.templateArguments;
        if (draft.reasoningEffort != null && !arguments.has(ENABLE_THINKING)) {
            arguments.put(ENABLE_THINKING, !draft.reasoningEffort.equals("none"));
        }
        return arguments;
    }

    /** The narrowest name that the caller gave for its own user. */
    private static @Nullable String endUser(ChatDraft draft) {
        if (draft.userId != null) {
            return draft.userId;
        }
        return draft.safetyIdentifier != null ? draft.safetyIdentifier : draft.user;
    }

    private static Priority priority(ChatDraft draft) {
        Priority given = draft.priority != null ? draft.priority : draft.tier;
        return Objects.requireNonNullElse(given, Priority.INTERACTIVE);
    }
}
