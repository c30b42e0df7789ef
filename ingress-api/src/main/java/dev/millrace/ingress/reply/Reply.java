package dev.millrace.ingress.reply;

import dev.millrace.event.Failure;
import org.reactivestreams.Publisher;

/** What an exchange has for its client, as soon as its status is known. */
public sealed interface Reply {

    /** A stream that goes well so far. */
    record Streaming(Publisher<byte[]> events) implements Reply {}

    /** The whole answer, as JSON. */
    record Whole(byte[] json) implements Reply {}

    /** An end that came before anything else. */
    record Failing(Failure failure) implements Reply {}
}
