package dev.millrace.ingress.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.event.Outcome;
import dev.millrace.ingress.reply.Order;
import dev.millrace.reply.Answer;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.TurnEnd;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A turn that has begun: what was said before it, and what to tell the session afterwards. */
public final class Turn {

    private final List<JsonNode> context;
    private final Afterwards afterwards;

    Turn(SessionStore store, SessionKey key, String requestId, Duration lifetime, List<JsonNode> context) {
        this.context = List.copyOf(context);
        this.afterwards = new Afterwards(store, key, requestId, lifetime);
    }

    public List<JsonNode> context() {
        return context;
    }

    /** Lives as long as the answer takes, and knows nothing of what was said. */
    public Order.Aftermath afterwards() {
        return afterwards;
    }

    /** Nothing came of it. */
    public void drop() {
        afterwards.drop();
    }

    /** Where the store does not take what it is told, the projector will repair it from the log. */
    private record Afterwards(SessionStore store, SessionKey key, String requestId, Duration lifetime)
            implements Order.Aftermath {

        private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

        @Override
        public void accepted() {
            tell("hold", () -> store.hold(key, requestId, lifetime));
        }

        @Override
        public void ended(Outcome outcome, Answer answer) {
            long tokens = (long) answer.promptTokens() + answer.outputTokens();
            tell("end", () -> store.end(key, requestId, TurnMessages.end(outcome, answer.choices(), tokens)));
        }

        void drop() {
            tell("drop", () -> store.end(key, requestId, new TurnEnd.Dropped()));
        }

        private void tell(String what, Runnable call) {
            try {
                call.run();
            } catch (SessionException e) {
                LOG.warn("Could not {} the turn of request {}: {}", what, requestId, e.toString());
            }
        }
    }
}
