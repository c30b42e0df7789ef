package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.limit.LimitConfig;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat request: each field by itself, then what fields must be to each other.
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
        draft.sampling.builder.setTopLogprobs(Objects.requireNonNullElse(draft.topLogprobs, 0));
        return new ChatCall(
                draft.model,
                draft.messages,
                functions == null ? draft.tools : functions,
                templateArguments(draft),
                draft.sampling.build(maxTokens(draft), random),
                draft.maxCompletionTokens != null ? "max_completion_tokens" : "max_tokens",
                choice == null ? null : choice.toString(),
                draft.responseFormat,
                !legacy && (draft.parallelToolCalls == null || draft.parallelToolCalls),
                legacy,
                draft.stream.stream,
                draft.stream.includeUsage,
                draft.sessionId,
                draft.circumstances.build());
    }

    private static void requireSense(ChatDraft draft) {
        if (draft.topLogprobs != null && !draft.sampling.builder.getLogprobs()) {
            throw Refusals.wrongValue("top_logprobs", "'logprobs' to be true with it");
        }
        draft.stream.requireSense();
        Integer most = draft.sampling.maxTokens;
        if (most != null && draft.maxCompletionTokens != null && !most.equals(draft.maxCompletionTokens)) {
            throw Refusals.wrongValue("max_tokens", "the value of 'max_completion_tokens', or only one of them");
        }
        if (draft.sessionId == null) {
            MessageFields.requireCallsBeforeAnswers(List.of(), draft.messages);
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
        return draft.maxCompletionTokens != null ? draft.maxCompletionTokens : draft.sampling.maxTokens;
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
}
