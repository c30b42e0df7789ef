package dev.millrace.ingress.request;

import dev.millrace.event.InferenceRequested;
import java.util.concurrent.CompletionStage;

/** The log of requests: what is acknowledged there is accepted. */
public interface RequestLog {

    /**
     * Publishes a request. The stage ends well when the log has it; with a {@link NotPublishedException} when it surely
     * has not; with anything else when nobody knows. May block for a moment where the log's buffer is full.
     */
    CompletionStage<Void> publish(InferenceRequested request);

    /** Asks for the end of a request; tried again until it is in the log or no longer matters. Does not block. */
    void cancel(String requestId, String model, String cause);

    /** A request that is surely not in the log. */
    final class NotPublishedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public NotPublishedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
