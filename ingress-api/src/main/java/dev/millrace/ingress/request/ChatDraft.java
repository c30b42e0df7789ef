package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chat request while its fields are being read, each into its place. */
final class ChatDraft {

    final SamplingDraft sampling = new SamplingDraft();
    final StreamDraft stream = new StreamDraft();
    final CircumstanceDraft circumstances = new CircumstanceDraft();
    String model = "";
    List<ObjectNode> messages = List.of();
    List<ObjectNode> tools = List.of();

    @Nullable
    List<ObjectNode> functions;

    @Nullable
    JsonNode toolChoice;

    @Nullable
    JsonNode functionCall;

    @Nullable
    ObjectNode responseFormat;

    @Nullable
    Boolean parallelToolCalls;

    @Nullable
    ObjectNode templateArguments;

    @Nullable
    String reasoningEffort;

    @Nullable
    Integer topLogprobs;

    @Nullable
    Integer maxCompletionTokens;

    @Nullable
    String sessionId;
}
