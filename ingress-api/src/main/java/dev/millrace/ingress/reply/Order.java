package dev.millrace.ingress.reply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.event.Outcome;
import dev.millrace.ingress.identity.Caller;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.model.ModelCard;
import dev.millrace.ingress.request.Call;
import dev.millrace.reply.Answer;
import dev.millrace.reply.RequestId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checked request, and all that belongs to it here.
 *
 * @param context a session's earlier messages
 * @param trace the W3C trace parent, if there is a good one
 * @param slot its room here, given back when its client has everything
 * @param aftermath what is to be done at its end; null: nothing
 */
public record Order(
        RequestId id,
        Call call,
        ModelCard model,
        Caller caller,
        List<JsonNode> context,
        @Nullable String trace,
        InFlight.Slot slot,
        long arrivedNanos,
        @Nullable Aftermath aftermath) {

    public Order {
        context = List.copyOf(context);
    }

    /** Hears what becomes of the request, on a thread that may block. */
    public interface Aftermath {

        /** It is in the log. */
        void accepted();

        /**
         * It has its end, and nothing can change it any more. Not told where only this door gave up: then the log will
         * have an end that nobody here waits for.
         */
        void ended(Outcome outcome, Answer answer);
    }
}
