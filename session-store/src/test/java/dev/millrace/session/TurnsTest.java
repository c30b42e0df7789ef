package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.session.SessionException.Error;
import dev.millrace.session.memory.MemorySessionStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final SessionKey key = new SessionKey("acme", "u", "s");
    private final SessionStore store = new MemorySessionStore(SessionStoreContract.config(), Clock.systemUTC());
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Turns turns = new Turns(store, executor);

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void aTurnThatNeedNotWaitBegins() throws Exception {
        assertThat(turns.begin(key, "r1", List.of("q"), LONG).get(20, TimeUnit.SECONDS))
                .isEmpty();
    }

    @Test
    void aTurnBeginsWhenTheOneBeforeHasEnded() throws Exception {
        store.begin(key, "r1", List.of("q"));
        CompletableFuture<List<String>> second = turns.begin(key, "r2", List.of("q2"), LONG);
        await().until(() -> store.begin(key, "probe", List.of("p")).equals(new TurnStart.Waiting(2)));
        store.end(key, "probe", new TurnEnd.Dropped());
        assertThat(second).isNotDone();

        store.end(key, "r1", new TurnEnd.Answered(List.of("a"), 1));

        assertThat(second.get(20, TimeUnit.SECONDS)).containsExactly("q", "a");
    }

    @Test
    void patienceEnds() {
        store.begin(key, "r1", List.of("q"));

        CompletableFuture<List<String>> second = turns.begin(key, "r2", List.of("q2"), Duration.ofMillis(50));

        assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.error()).isEqualTo(Error.BUSY));
        assertThat(store.begin(key, "r3", List.of("q3"))).isEqualTo(new TurnStart.Waiting(1));
    }

    @Test
    void whoeverStopsWaitingLeavesTheLine() {
        store.begin(key, "r1", List.of("q"));
        CompletableFuture<List<String>> second = turns.begin(key, "r2", List.of("q2"), LONG);

        second.cancel(false);

        await().until(() -> store.begin(key, "r3", List.of("q3")).equals(new TurnStart.Waiting(1)));
    }

    @Test
    void troubleIsPassedOn() {
        store.begin(key, "r1", List.of("q"));

        assertThatThrownBy(() -> turns.begin(new SessionKey("acme", "mallory", "s"), "r2", List.of("q"), LONG)
                        .get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.error()).isEqualTo(Error.NOT_YOURS));
    }
}
