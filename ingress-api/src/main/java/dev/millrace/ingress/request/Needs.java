package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.Capability;
import dev.millrace.event.Sampling;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.model.ModelCard;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a request needs of its model; what the model cannot do is refused by the name of the field that asks for it. */
final class Needs {

    /** Pairs of metadata that tell the echo to misbehave, where that is allowed. */
    private static final Map<String, Pattern> FAULTS = Map.of(
            "echo.token_millis", Pattern.compile("0|[1-9][0-9]{0,4}"),
            "echo.fail", Pattern.compile("before_first_token|after_3_tokens|hang|crash"));

    private final ModelCard model;

    private Needs(ModelCard model) {
        this.model = model;
    }

    static void require(Call call, ModelCard model) {
        Needs needs = new Needs(model);
        if (call instanceof ChatCall chat) {
            needs.require(Capability.CHAT, "model", "the model does not chat");
            needs.requireTools(chat);
            needs.requireFormat(chat.responseFormat());
            needs.requireSampling(chat.sampling(), chat.limitParam());
        } else if (call instanceof CompletionCall) {
            needs.require(Capability.COMPLETION, "model", "the model does not go on from bare texts");
            needs.requireSampling(call.sampling(), "max_tokens");
        } else {
            needs.require(Capability.EMBEDDING, "model", "the model makes no embeddings");
        }
        needs.requireFaults(call.circumstances().metadata());
    }

    private void requireTools(ChatCall call) {
        if (!call.tools().isEmpty()) {
            require(Capability.TOOLS, call.legacyFunctions() ? "functions" : "tools", "the model calls no tools");
        }
        List<ObjectNode> messages = call.messages();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).has("tool_calls")) {
                require(Capability.TOOLS, "messages[" + i + "].tool_calls", "the model calls no tools");
            }
            if (messages.get(i).path("role").asText().equals("tool")) {
                require(Capability.TOOLS, "messages[" + i + "].role", "the model calls no tools");
            }
        }
    }

    private void requireFormat(@Nullable JsonNode format) {
        String type = format == null ? "text" : format.path("type").asText();
        if (type.equals("json_object")) {
            require(Capability.JSON_OBJECT, "response_format", "the model is not held to JSON");
        } else if (type.equals("json_schema")) {
            require(Capability.JSON_SCHEMA, "response_format", "the model is not held to a schema");
        }
    }

    private void requireSampling(Sampling sampling, String limitParam) {
        if (sampling.getLogprobs()) {
            require(Capability.LOGPROBS, "logprobs", "the model does not tell probabilities");
        }
        if (sampling.getChoices() > 1) {
            require(Capability.CHOICES, "n", "the model gives one answer");
        }
        Integer most = sampling.getMaxTokens();
        if (most != null && most > model.maxOutputTokens()) {
            throw Refusals.wrongValue(
                    limitParam, "at most " + model.maxOutputTokens() + ", which is what the model can give");
        }
        if (sampling.getMinTokens() > model.maxOutputTokens()) {
            throw Refusals.wrongValue(
                    "min_tokens", "at most " + model.maxOutputTokens() + ", which is what the model can give");
        }
    }

    private void requireFaults(Map<String, String> metadata) {
        FAULTS.forEach((key, pattern) -> {
            String value = metadata.get(key);
            if (value == null) {
                return;
            }
            require(Capability.FAULTS, "metadata." + key, "faults are not allowed here");
            if (!pattern.matcher(value).matches()) {
                throw Refusals.wrongValue("metadata." + key, pattern.pattern());
            }
        });
    }

    private void require(Capability capability, String param, String why) {
        if (!model.capabilities().contains(capability)) {
            throw Refusals.unsupported(param, why);
        }
    }
}
