package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RequestKind;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.identity.Caller;
import dev.millrace.ingress.limit.LimitConfig;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.reply.RequestId;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the event of a chat request: what was asked, by whom, at which price, for how long. */
@Singleton
public final class RequestMaker {

    private static final int CHARS_PER_TOKEN = 4;
    private static final int USUAL_ANSWER_TOKENS = 256;

    private final RequestConfig config;
    private final LimitConfig limits;

    public RequestMaker(RequestConfig config, LimitConfig limits) {
        this.config = config;
        this.limits = limits;
    }

    /** Refuses what the model cannot do. */
    public void check(ChatCall call, ModelCard model) {
        Needs.require(call, model);
    }

    /**
     * Makes the event of a checked request.
     *
     * @param context a session's earlier messages
     * @param trace the W3C trace parent, if there is a good one
     */
    public InferenceRequested make(
            RequestId id,
            ChatCall call,
            ModelCard model,
            Caller caller,
            List<JsonNode> context,
            @Nullable String trace) {
        String prompt = prompt(call, context);
        if (prompt.length() > limits.maxPromptChars()) {
            throw Refusals.tooLarge("The messages are too large: " + prompt.length() + " characters, and "
                    + limits.maxPromptChars() + " is the most.");
        }
        JsonNode format = call.responseFormat();
        return InferenceRequested.newBuilder()
                .setRequestId(id.toString())
                .setFacts(facts(call, model, caller))
                .setPrompt(prompt)
                .setSampling(call.sampling())
                .setToolChoice(call.toolChoice())
                .setResponseFormat(format == null ? null : format.toString())
                .setParallelToolCalls(call.parallelToolCalls())
                .setAffinity(affinity(call, caller))
                .setTenantWeight(caller.weight())
                .setEstimatedTokens(estimate(call, prompt))
                .setQueueTimeoutMillis(queueMillis(call.priority()))
                .setFirstTokenTimeoutMillis(config.firstTokenMillis())
                .setLifetimeMillis(config.lifetimeMillis())
                .setTrace(trace)
                .build();
    }

    private static RequestFacts facts(ChatCall call, ModelCard model, Caller caller) {
        return RequestFacts.newBuilder()
                .setModel(model.id())
                .setKind(RequestKind.CHAT)
                .setTenant(caller.tenant())
                .setUser(caller.user())
                .setKeyId(caller.keyId())
                .setSessionId(call.sessionId())
                .setEndUser(call.endUser())
                .setPriority(call.priority())
                .setPrice(model.price())
                .setMetadata(call.metadata())
                .setStore(call.store())
                .build();
    }

    private static String prompt(ChatCall call, List<JsonNode> context) {
        ObjectNode prompt = JsonNodeFactory.instance.objectNode();
        prompt.putArray("messages").addAll(context).addAll(call.messages());
        if (!call.tools().isEmpty()) {
            prompt.putArray("tools").addAll(call.tools());
        }
        if (!call.templateArguments().isEmpty()) {
            prompt.set("arguments", call.templateArguments());
        }
        return prompt.toString();
    }

    private static @Nullable String affinity(ChatCall call, Caller caller) {
        if (call.sessionId() != null) {
            return "session/" + caller.tenant() + '/' + call.sessionId();
        }
        return call.cacheKey() == null ? null : "key/" + caller.tenant() + '/' + call.cacheKey();
    }

    private static long estimate(ChatCall call, String prompt) {
        Integer most = call.sampling().getMaxTokens();
        long answer = most == null ? USUAL_ANSWER_TOKENS : most;
        return prompt.length() / CHARS_PER_TOKEN + answer * call.sampling().getChoices();
    }

    private long queueMillis(Priority priority) {
        long millis =
                switch (priority) {
                    case INTERACTIVE -> config.queueMillis();
                    case BACKGROUND -> config.backgroundQueueMillis();
                    case BATCH -> config.batchQueueMillis();
                };
        return Math.min(millis, config.lifetimeMillis());
    }
}
