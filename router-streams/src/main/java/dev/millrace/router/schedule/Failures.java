package dev.millrace.router.schedule;

import dev.millrace.event.CloseCause;
import dev.millrace.event.Failure;
import org.jspecify.annotations.Nullable;

/** What a client is told when the router ends its request. */
final class Failures {

    private static final String SERVER_ERROR = "server_error";
    private static final String INVALID = "invalid_request_error";

    private final long retryAfterMillis;

    Failures(long retryAfterMillis) {
        this.retryAfterMillis = retryAfterMillis;
    }

    /** Past its last attempt because no worker came to a first token in time. */
    Failure late(String message) {
        return of(CloseCause.QUEUE_DEADLINE, message);
    }

    Failure of(CloseCause cause, String message) {
        return switch (cause) {
            case NO_WORKER -> failure(503, SERVER_ERROR, "no_worker", message, true);
            case OVERLOADED -> failure(503, SERVER_ERROR, "overloaded", message, true);
            case ATTEMPTS_EXHAUSTED -> failure(503, SERVER_ERROR, "attempts_exhausted", message, true);
            case QUEUE_DEADLINE, LIFETIME_EXCEEDED ->
                failure(504, "timeout_error", "deadline_exceeded", message, false);
            case CANCELLED -> failure(499, INVALID, "cancelled", message, false);
            case UNKNOWN_MODEL -> new Failure(404, INVALID, "model_not_found", message, "model", null);
            case POISON -> failure(500, SERVER_ERROR, "worker_crashed", message, false);
            case UNREADABLE -> failure(500, SERVER_ERROR, "unreadable", message, false);
            case OTHER -> failure(500, SERVER_ERROR, "internal_error", message, false);
        };
    }

    private Failure failure(int status, String type, String code, String message, boolean again) {
        @Nullable Long after = again ? Long.valueOf(retryAfterMillis) : null;
        return new Failure(status, type, code, message, null, after);
    }
}
