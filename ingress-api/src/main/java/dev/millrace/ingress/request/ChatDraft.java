package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.Priority;
import dev.millrace.event.Sampling;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A chat request while its fields are being read, each into its place. */
final class ChatDraft {

    final Sampling.Builder sampling = Sampling.newBuilder();
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

    boolean stream;

    @Nullable
    Boolean includeUsage;

    boolean streamOptions;

    @Nullable
    Integer topLogprobs;

    @Nullable
    Integer maxTokens;

    @Nullable
    Integer maxCompletionTokens;

    @Nullable
    Long seed;

    @Nullable
    String sessionId;

    @Nullable
    String userId;

    @Nullable
    String safetyIdentifier;

    @Nullable
    String user;

    @Nullable
    String cacheKey;

    @Nullable
    Priority priority;

    @Nullable
    Priority tier;

    Map<String, String> metadata = Map.of();
    boolean store;
}
