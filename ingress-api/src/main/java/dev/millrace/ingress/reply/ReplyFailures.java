package dev.millrace.ingress.reply;

import dev.millrace.event.Failure;
import dev.millrace.ingress.error.Refusals;

/** Ends that this door has to make up because the log has none in time. */
final class ReplyFailures {

    private static final String SERVER_ERROR = "server_error";
    private static final long RETRY_AFTER_MILLIS = 1000;

    private ReplyFailures() {}

    static Failure outOfReach() {
        return Refusals.failure(
                500, SERVER_ERROR, "out_of_reach", "The rest of the answer is no longer kept.", null, null);
    }

    static Failure notPublished() {
        return Refusals.failure(
                503,
                SERVER_ERROR,
                "not_accepted",
                "The request could not be accepted; please try again.",
                null,
                RETRY_AFTER_MILLIS);
    }

    static Failure tooLarge() {
        return Refusals.tooLarge("The request is too large.").failure();
    }

    static Failure tooMuch() {
        return Refusals.overloaded("Too many bytes of answers are being gathered here.", RETRY_AFTER_MILLIS)
                .failure();
    }

    static Failure shuttingDown() {
        return Refusals.failure(
                503,
                SERVER_ERROR,
                "shutting_down",
                "The server shut down before the answer's end; please try again.",
                null,
                RETRY_AFTER_MILLIS);
    }
}
