package dev.millrace.session;

import dev.millrace.session.SessionException.Error;
import dev.millrace.session.TurnEnd.Dropped;
import dev.millrace.session.TurnStart.Begun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Waits for turns without holding a thread: asks the store again and again until it is the turn's turn. */
public final class Turns {

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    private final SessionStore store;
    private final Executor executor;

    /**
     * @param executor where the store is asked, which may block for a round trip
     */
    public Turns(SessionStore store, Executor executor) {
        this.store = store;
        this.executor = executor;
    }

    /**
     * Begins a turn as soon as those before it have ended. Gives its context, or fails with {@link SessionException}:
     * {@link Error#BUSY} once patience has run out. To stop waiting, cancel the future.
     */
    public CompletableFuture<List<String>> begin(
            SessionKey key, String requestId, List<String> messages, Duration patience) {
        Wait wait = new Wait(
                key,
                requestId,
                List.copyOf(messages),
                System.nanoTime() + patience.toNanos(),
                new CompletableFuture<>());
        executor.execute(() -> ask(wait, FIRST_PAUSE_MILLIS));
        return wait.context;
    }

    private record Wait(
            SessionKey key,
            String requestId,
            List<String> messages,
            long untilNanos,
            CompletableFuture<List<String>> context) {}

    private void ask(Wait wait, long pauseMillis) {
        try {
            if (wait.context.isDone()) {
                withdraw(wait);
                return;
            }
            TurnStart start = store.begin(wait.key, wait.requestId, wait.messages);
            if (start instanceof Begun begun) {
                if (!wait.context.complete(begun.context())) {
                    withdraw(wait);
                }
            } else if (System.nanoTime() - wait.untilNanos >= 0) {
                withdraw(wait);
                wait.context.completeExceptionally(
                        new SessionException(Error.BUSY, "the turn before this one has not ended"));
            } else {
                CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS, executor)
                        .execute(() -> ask(wait, Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS)));
            }
        } catch (RuntimeException e) {
            wait.context.completeExceptionally(e);
        }
    }

    private void withdraw(Wait wait) {
        store.end(wait.key, wait.requestId, new Dropped());
    }
}
