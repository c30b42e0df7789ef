package dev.millrace.ingress.reply;

import dev.millrace.event.Priority;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.ingress.request.Call;
import dev.millrace.ingress.request.ChatCall;
import dev.millrace.reply.RequestId;

/**
 * What is the same in all that a client sees of one answer.
 *
 * @param tier the class in which the request was really run
 */
record Face(
        String id,
        long createdSeconds,
        String model,
        String fingerprint,
        String tier,
        boolean includeUsage,
        boolean legacyFunctions) {

    private static final long MILLIS = 1000;

    static Face of(RequestId id, Call call, ModelCard model) {
        return new Face(
                (call instanceof ChatCall ? "chatcmpl-" : "cmpl-") + id,
                id.timeMillis() / MILLIS,
                model.id(),
                model.fingerprint(),
                call.circumstances().priority() == Priority.INTERACTIVE ? "default" : "flex",
                call.includeUsage(),
                call instanceof ChatCall chat && chat.legacyFunctions());
    }

    /** The end's reason, in the words of the form in which tools were given. */
    String finishReason(String reason) {
        return legacyFunctions && reason.equals("tool_calls") ? "function_call" : reason;
    }
}
