package dev.millrace.ingress.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.error.RefusedException;
import dev.millrace.ingress.identity.Caller;
import dev.millrace.ingress.request.RequestConfig;
import dev.millrace.reply.RequestId;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.TurnEnd;
import dev.millrace.session.TurnStart;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Begins turns: one of a session at a time, in the order in which they came, none waiting for ever. */
@Singleton
public final class Turns {

    private static final String PARAM = "session_id";
    private static final long RETRY_AFTER_MILLIS = 1000;

    private final SessionStore store;
    private final TurnConfig config;
    private final Duration lifetime;
    private final Clock clock;
    private final Executor executor;

    Turns(
            SessionStore store,
            TurnConfig config,
            RequestConfig requests,
            Clock clock,
            @Named(TaskExecutors.BLOCKING) ExecutorService executor) {
        this.store = store;
        this.config = config;
        this.lifetime = Duration.ofMillis(requests.lifetimeMillis());
        this.clock = clock;
        this.executor = executor;
    }

    /**
     * Begins a turn as soon as it may; no thread waits for that.
     *
     * @param isWanted whether somebody still wants it
     */
    public CompletionStage<Turn> begin(
            Caller caller, String sessionId, RequestId id, List<ObjectNode> messages, BooleanSupplier isWanted) {
        Attempt attempt = new Attempt(
                new SessionKey(caller.tenant(), caller.user(), sessionId),
                id.toString(),
                messages.stream().map(ObjectNode::toString).toList(),
                isWanted,
                clock.millis() + config.waitMillis());
        executor.execute(attempt::ask);
        return attempt.turn;
    }

    private final class Attempt {
        private final SessionKey key;
        private final String requestId;
        private final List<String> messages;
        private final BooleanSupplier isWanted;
        private final long untilMillis;
        private final CompletableFuture<Turn> turn = new CompletableFuture<>();

        Attempt(SessionKey key, String requestId, List<String> messages, BooleanSupplier isWanted, long untilMillis) {
            this.key = key;
            this.requestId = requestId;
            this.messages = messages;
            this.isWanted = isWanted;
            this.untilMillis = untilMillis;
        }

        private void ask() {
            try {
                TurnStart start = store.begin(key, requestId, messages);
                if (start instanceof TurnStart.Begun begun) {
                    turn.complete(new Turn(store, key, requestId, lifetime, TurnMessages.read(begun.context())));
                } else if (isWanted.getAsBoolean() && clock.millis() < untilMillis) {
                    CompletableFuture.delayedExecutor(config.askMillis(), TimeUnit.MILLISECONDS, executor)
                            .execute(this::ask);
                } else {
                    store.end(key, requestId, new TurnEnd.Dropped());
                    turn.completeExceptionally(busy());
                }
            } catch (SessionException e) {
                turn.completeExceptionally(refusal(e));
            } catch (RuntimeException e) {
                turn.completeExceptionally(e);
            }
        }
    }

    private static RefusedException busy() {
        return Refusals.conflict(
                PARAM,
                "session_busy",
                "The session's turns before this one have not ended in time.",
                RETRY_AFTER_MILLIS);
    }

    static RefusedException refusal(SessionException e) {
        return switch (e.error()) {
            case NOT_FOUND -> Refusals.notFound(PARAM, "session_not_found", "There is no such session.");
            case NOT_YOURS -> Refusals.forbidden(PARAM, "The session belongs to somebody else.");
            case BUSY ->
                Refusals.conflict(
                        PARAM, "session_busy", "Too many turns of this session are waiting.", RETRY_AFTER_MILLIS);
            case TOO_LARGE -> Refusals.tooLarge("The messages are more than a session may hold.");
            case UNAVAILABLE ->
                Refusals.unavailable(
                        PARAM,
                        "sessions_unavailable",
                        "Sessions cannot be used right now; requests without one can.",
                        RETRY_AFTER_MILLIS);
        };
    }
}
