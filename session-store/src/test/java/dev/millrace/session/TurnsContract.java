package dev.millrace.session;

import static dev.millrace.session.Talk.answer;
import static dev.millrace.session.Talk.assertError;
import static dev.millrace.session.Talk.assistant;
import static dev.millrace.session.Talk.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.session.SessionException.Error;
import dev.millrace.session.TurnEnd.Answered;
import dev.millrace.session.TurnEnd.Dropped;
import dev.millrace.session.TurnStart.Begun;
import dev.millrace.session.TurnStart.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Turns run one after another, and none is in the way of the next for ever. */
public interface TurnsContract extends StoreContract {

    @Test
    default void turnsRunOneAfterAnotherInTheOrderInWhichTheyCame() {
        SessionStore store = store();
        store.begin(key(), "r1", List.of(user("1")));

        assertThat(store.begin(key(), "r2", List.of(user("2")))).isEqualTo(new Waiting(1));
        assertThat(store.begin(key(), "r3", List.of(user("3")))).isEqualTo(new Waiting(2));
        assertThat(store.begin(key(), "r2", List.of(user("2")))).isEqualTo(new Waiting(1));
        store.end(key(), "r1", answer("one", 1));

        assertThat(store.begin(key(), "r3", List.of(user("3")))).isEqualTo(new Waiting(1));
        assertThat(store.begin(key(), "r2", List.of(user("2"))))
                .isEqualTo(new Begun(List.of(user("1"), assistant("one"))));
        store.end(key(), "r2", answer("two", 2));
        assertThat(store.begin(key(), "r3", List.of(user("3")))).isInstanceOf(Begun.class);
    }

    @Test
    default void aTurnThatNoLongerWaitsLeavesTheLine() {
        SessionStore store = store();
        store.begin(key(), "r1", List.of(user("1")));
        store.begin(key(), "r2", List.of(user("2")));
        store.begin(key(), "r3", List.of(user("3")));

        assertThat(store.end(key(), "r2", new Dropped())).isTrue();
        store.end(key(), "r1", answer("one", 1));

        assertThat(store.begin(key(), "r3", List.of(user("3")))).isInstanceOf(Begun.class);
    }

    @Test
    default void aWaitingTurnThatStopsAskingLosesItsPlace() {
        SessionStore store = store(Settings.wide().waiterMillis(200).config());
        store.begin(key(), "r1", List.of(user("1")));
        store.begin(key(), "r2", List.of(user("2")));
        store.end(key(), "r1", answer("one", 1));

        await().atMost(Talk.PATIENCE).until(() -> store.begin(key(), "r3", List.of(user("3"))) instanceof Begun);
    }

    @Test
    default void theLineHasABound() {
        SessionStore store = store(Settings.wide().maxWaiting(2).config());
        store.begin(key(), "r1", List.of(user("1")));
        store.begin(key(), "r2", List.of(user("2")));
        store.begin(key(), "r3", List.of(user("3")));

        assertError(Error.BUSY, () -> store.begin(key(), "r4", List.of(user("4"))));
        assertThat(store.begin(key(), "r3", List.of(user("3")))).isEqualTo(new Waiting(2));
    }

    @Test
    default void aTurnWhoseLeaseRanOutGivesWayAndStillJoinsAtItsOwnPlace() {
        SessionStore store = store(Settings.wide().leaseMillis(150).config());
        store.begin(key(), "r1", List.of(user("1")));

        await().atMost(Talk.PATIENCE).until(() -> store.begin(key(), "r2", List.of(user("2"))) instanceof Begun);
        assertThat(store.hold(key(), "r1", Duration.ofHours(1))).isFalse();
        assertThat(store.end(key(), "r2", answer("two", 22))).isTrue();
        assertThat(store.end(key(), "r1", answer("one", 11))).isTrue();

        assertThat(store.context(key())).containsExactly(user("1"), assistant("one"), user("2"), assistant("two"));
        assertThat(store.read(key()).tokenCount())
                .as("the last turn's count stands")
                .isEqualTo(22);
    }

    @Test
    default void aTurnThatIsHeldDoesNotGiveWay() {
        SessionStore store = store(Settings.wide().leaseMillis(3000).config());
        store.begin(key(), "r1", List.of(user("1")));
        assertThat(store.hold(key(), "r1", Duration.ofHours(1))).isTrue();

        await().during(Duration.ofMillis(3500))
                .atMost(Talk.PATIENCE)
                .until(() -> store.begin(key(), "r2", List.of(user("2"))) instanceof Waiting);
        assertThat(store.read(key()).status()).isEqualTo(Session.Status.BUSY);
    }

    @Test
    default void manyAtOnceNeverOverlapAndNoneIsLost() throws Exception {
        SessionStore store = store(Settings.wide().maxWaiting(64).config());
        int turns = 24;
        AtomicInteger underWay = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < turns; i++) {
                String requestId = "r" + i;
                all.add(threads.submit(() -> takeTurn(store, requestId, underWay)));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        List<String> context = store.context(key());
        assertThat(context).hasSize(2 * turns).doesNotHaveDuplicates();
        for (int i = 0; i < context.size(); i += 2) {
            assertThat(context.get(i + 1)).isEqualTo(context.get(i).replace("user", "assistant"));
        }
    }

    private void takeTurn(SessionStore store, String requestId, AtomicInteger underWay) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(50))
                .until(() -> store.begin(key(), requestId, List.of(user(requestId))) instanceof Begun);
        assertThat(underWay.incrementAndGet()).isEqualTo(1);
        Thread.yield();
        assertThat(underWay.decrementAndGet()).isZero();
        Answered end = answer(requestId, 1);
        boolean mine = store.end(key(), requestId, end);
        boolean again = store.end(key(), requestId, end);
        assertThat(List.of(mine, again)).containsExactly(true, false);
    }
}
