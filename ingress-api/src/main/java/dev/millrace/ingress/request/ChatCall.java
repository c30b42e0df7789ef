package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat request whose every field was checked.
 *
 * @param limitParam the name under which the caller gave its limit of tokens
 * @param legacyFunctions whether tools came as the deprecated functions, so that calls go back in that form
 * @param includeUsage whether a stream ends with the usage
 */
public record ChatCall(
        String model,
        List<ObjectNode> messages,
        List<ObjectNode> tools,
        ObjectNode templateArguments,
        Sampling sampling,
        String limitParam,
        @Nullable String toolChoice,
        @Nullable ObjectNode responseFormat,
        boolean parallelToolCalls,
        boolean legacyFunctions,
        boolean stream,
        boolean includeUsage,
        @Nullable String sessionId,
        Circumstances circumstances)
        implements Call {

    public ChatCall {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }

    @Override
    public RequestKind kind() {
        return RequestKind.CHAT;
    }
}
