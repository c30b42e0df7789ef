package dev.millrace.ingress.request;

import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;

/**
 * A checked request to go on from bare texts.
 *
 * @param prompt each is gone on from in as many ways as there are choices
 */
public record CompletionCall(
        String model,
        Texts prompt,
        Sampling sampling,
        boolean stream,
        boolean includeUsage,
        Circumstances circumstances)
        implements Call {

    @Override
    public RequestKind kind() {
        return RequestKind.COMPLETION;
    }
}
