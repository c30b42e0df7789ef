package dev.millrace.ingress.request;

import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;

/** A request of any door, whose every field was checked. */
public sealed interface Call permits ChatCall, CompletionCall, EmbeddingCall {

    RequestKind kind();

    String model();

    Sampling sampling();

    Circumstances circumstances();

    /** Whether the answer is wanted as a stream. */
    boolean stream();

    /** Whether a stream ends with the usage. */
    boolean includeUsage();
}
