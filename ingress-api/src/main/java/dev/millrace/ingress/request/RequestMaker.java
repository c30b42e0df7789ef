package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.event.RequestFacts;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.identity.Caller;
import dev.millrace.ingress.limit.LimitConfig;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.reply.RequestId;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the event of a request: what was asked, by whom, at which price, for how long. */
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
    public void check(Call call, ModelCard model) {
        Needs.require(call, model);
    }

    /**
     * Makes the event of a checked request.
     *
     * @param context a session's earlier messages
     * @param trace the W3C trace parent, if there is a good one
     */
    public InferenceRequested make(
            RequestId id, Call call, ModelCard model, Caller caller, List<JsonNode> context, @Nullable String trace) {
        String prompt = prompt(call, context);
        if (prompt.length() > limits.maxPromptChars()) {
            throw Refusals.tooLarge("The prompt is too large: " + prompt.length() + " characters, and "
                    + limits.maxPromptChars() + " is the most.");
        }
        InferenceRequested.Builder request = InferenceRequested.newBuilder()
                .setRequestId(id.toString())
                .setFacts(facts(call, model, caller))
                .setPrompt(prompt)
                .setSampling(call.sampling())
                .setAffinity(affinity(call, caller))
                .setTenantWeight(caller.weight())
                .setEstimatedTokens(estimate(call, prompt))
                .setQueueTimeoutMillis(queueMillis(call.circumstances().priority()))
                .setFirstTokenTimeoutMillis(config.firstTokenMillis())
                .setLifetimeMillis(config.lifetimeMillis())
                .setTrace(trace);
        if (call instanceof ChatCall chat) {
            JsonNode format = chat.responseFormat();
            request.setToolChoice(chat.toolChoice())
                    .setResponseFormat(format == null ? null : format.toString())
                    .setParallelToolCalls(chat.parallelToolCalls());
        } else if (call instanceof EmbeddingCall embedding) {
            request.setDimensions(embedding.dimensions());
        }
        return request.build();
    }

    private static RequestFacts facts(Call call, ModelCard model, Caller caller) {
        Circumstances circumstances = call.circumstances();
        return RequestFacts.newBuilder()
                .setModel(model.id())
                .setKind(call.kind())
                .setTenant(caller.tenant())
                .setUser(caller.user())
                .setKeyId(caller.keyId())
                .setSessionId(sessionId(call))
                .setEndUser(circumstances.endUser())
                .setPriority(circumstances.priority())
                .setPrice(model.price())
                .setMetadata(circumstances.metadata())
                .setStore(circumstances.store())
                .build();
    }

    private static @Nullable String sessionId(Call call) {
        return call instanceof ChatCall chat ? chat.sessionId() : null;
    }

    private static String prompt(Call call, List<JsonNode> context) {
        ObjectNode prompt = JsonNodeFactory.instance.objectNode();
        if (call instanceof EmbeddingCall embedding) {
            prompt.set("input", embedding.input().json());
        } else if (call instanceof CompletionCall completion) {
            prompt.set("prompt", completion.prompt().json());
        } else {
            chat(prompt, (ChatCall) call, context);
        }
        return prompt.toString();
    }

    private static void chat(ObjectNode prompt, ChatCall call, List<JsonNode> context) {
        if (call.sessionId() != null) {
            // What the calls were is known only now that the session's turn has come.
            MessageFields.requireCallsBeforeAnswers(context, call.messages());
        }
        prompt.putArray("messages").addAll(context).addAll(call.messages());
        if (!call.tools().isEmpty()) {
            prompt.putArray("tools").addAll(call.tools());
        }
        if (!call.templateArguments().isEmpty()) {
            prompt.set("arguments", call.templateArguments());
        }
    }

    private static @Nullable String affinity(Call call, Caller caller) {
        String sessionId = sessionId(call);
        if (sessionId != null) {
            return "session/" + caller.tenant() + '/' + sessionId;
        }
        String key = call.circumstances().cacheKey();
        return key == null ? null : "key/" + caller.tenant() + '/' + key;
    }

    private static long estimate(Call call, String prompt) {
        return prompt.length() / CHARS_PER_TOKEN + answerTokens(call);
    }

    private static long answerTokens(Call call) {
        if (call instanceof EmbeddingCall) {
            return 0;
        }
        Integer most = call.sampling().getMaxTokens();
        long answers =
                call instanceof CompletionCall completion ? completion.prompt().count() : 1;
        return answers * call.sampling().getChoices() * (most == null ? USUAL_ANSWER_TOKENS : most);
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
