package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.session.SessionException.Error;
import dev.millrace.session.TurnEnd.Answered;
import dev.millrace.session.TurnEnd.Cancelled;
import dev.millrace.session.TurnEnd.Dropped;
import dev.millrace.session.TurnStart.Begun;
import dev.millrace.session.TurnStart.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for every store of sessions. */
public abstract class SessionStoreContract {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long HOUR_MILLIS = 3_600_000;

    private final String user = "u-" + UUID.randomUUID();
    private final SessionKey key = new SessionKey("acme", user, "s-" + UUID.randomUUID());

    /** A store with these settings; those with the same ones see the same sessions. */
    protected abstract SessionStore store(SessionConfig config);

    protected static SessionConfig config() {
        return new SessionConfig(SessionConfig.MEMORY, HOUR_MILLIS, HOUR_MILLIS, HOUR_MILLIS, 16, 1000, 1 << 20, 1000);
    }

    private SessionStore store() {
        return store(config());
    }

    private static String user(String text) {
        return "{\"role\":\"user\",\"content\":\"" + text + "\"}";
    }

    private static String assistant(String text) {
        return "{\"role\":\"assistant\",\"content\":\"" + text + "\"}";
    }

    private static Answered answer(String text, long tokens) {
        return new Answered(List.of(assistant(text)), tokens);
    }

    private void say(SessionStore store, String requestId, String question, String answer, long tokens) {
        assertThat(store.begin(key, requestId, List.of(user(question)))).isInstanceOf(Begun.class);
        assertThat(store.end(key, requestId, answer(answer, tokens))).isTrue();
    }

    private static void assertError(Error error, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SessionException.class, e -> assertThat(e.error())
                .isEqualTo(error));
    }

    @Test
    void aNewSessionHasNoContextAndAnEndedTurnIsTheContextOfTheNext() {
        SessionStore store = store();

        assertThat(store.begin(key, "r1", List.of(user("Hi"), user("there")))).isEqualTo(new Begun(List.of()));
        assertThat(store.end(key, "r1", answer("Hello", 12))).isTrue();

        assertThat(store.begin(key, "r2", List.of(user("More"))))
                .isEqualTo(new Begun(List.of(user("Hi"), user("there"), assistant("Hello"))));
        assertThat(store.context(key)).containsExactly(user("Hi"), user("there"), assistant("Hello"));
    }

    @Test
    void textComesBackAsItWas() {
        SessionStore store = store();
        String odd = "{\"content\":\"a\\u0000b \\\" 漢字 😀 \\n\"}";

        store.begin(key, "r1", List.of(odd, ""));
        store.end(key, "r1", new Answered(List.of(odd), 1));

        assertThat(store.context(key)).containsExactly(odd, "", odd);
    }

    @Test
    void aSessionTellsItsFigures() {
        SessionStore store = store();
        store.begin(key, "r1", List.of(user("Hi")));

        Session busy = store.read(key);
        assertThat(busy.status()).isEqualTo(Session.Status.BUSY);
        assertThat(busy.messageCount()).isZero();
        assertThat(busy.tokenCount()).isZero();

        store.end(key, "r1", answer("Hello", 12));

        Session idle = store.read(key);
        assertThat(idle.id()).isEqualTo(key.id());
        assertThat(idle.user()).isEqualTo(user);
        assertThat(idle.messageCount()).isEqualTo(2);
        assertThat(idle.tokenCount()).isEqualTo(12);
        assertThat(idle.createdAtMillis()).isEqualTo(busy.createdAtMillis());
        assertThat(idle.lastActivityMillis()).isGreaterThanOrEqualTo(busy.lastActivityMillis());
        assertThat(idle.expiresAtMillis()).isGreaterThan(idle.lastActivityMillis());
        assertThat(idle.status()).isEqualTo(Session.Status.IDLE);
    }

    @Test
    void beginningAgainGivesTheSameContext() {
        SessionStore store = store();
        say(store, "r1", "Hi", "Hello", 1);
        Begun begun = new Begun(List.of(user("Hi"), assistant("Hello")));

        assertThat(store.begin(key, "r2", List.of(user("More")))).isEqualTo(begun);
        assertThat(store.begin(key, "r2", List.of(user("More")))).isEqualTo(begun);
        store.end(key, "r2", answer("Enough", 2));

        assertThat(store.begin(key, "r2", List.of(user("More")))).isEqualTo(begun);
        assertThat(store.read(key).status()).isEqualTo(Session.Status.IDLE);
        assertThat(store.context(key)).hasSize(4);
    }

    @Test
    void endingAgainChangesNothing() {
        SessionStore store = store();
        say(store, "r1", "Hi", "Hello", 12);

        assertThat(store.end(key, "r1", answer("Hello", 12))).isFalse();
        assertThat(store.end(key, "r1", answer("Other", 99))).isFalse();
        assertThat(store.end(key, "r1", new Dropped())).isFalse();

        assertThat(store.context(key)).containsExactly(user("Hi"), assistant("Hello"));
        assertThat(store.read(key).tokenCount()).isEqualTo(12);
    }

    @Test
    void anotherProcessEndsWhatTheFirstOneBegan() {
        store().begin(key, "r1", List.of(user("Hi")));

        assertThat(store().end(key, "r1", answer("Hello", 5))).isTrue();

        assertThat(store().begin(key, "r2", List.of(user("More"))))
                .isEqualTo(new Begun(List.of(user("Hi"), assistant("Hello"))));
    }

    @Test
    void turnsRunOneAfterAnotherInTheOrderInWhichTheyCame() {
        SessionStore store = store();
        store.begin(key, "r1", List.of(user("1")));

        assertThat(store.begin(key, "r2", List.of(user("2")))).isEqualTo(new Waiting(1));
        assertThat(store.begin(key, "r3", List.of(user("3")))).isEqualTo(new Waiting(2));
        assertThat(store.begin(key, "r2", List.of(user("2")))).isEqualTo(new Waiting(1));
        store.end(key, "r1", answer("one", 1));

        assertThat(store.begin(key, "r3", List.of(user("3")))).isEqualTo(new Waiting(1));
        assertThat(store.begin(key, "r2", List.of(user("2"))))
                .isEqualTo(new Begun(List.of(user("1"), assistant("one"))));
        store.end(key, "r2", answer("two", 2));
        assertThat(store.begin(key, "r3", List.of(user("3")))).isInstanceOf(Begun.class);
    }

    @Test
    void aTurnThatNoLongerWaitsLeavesTheLine() {
        SessionStore store = store();
        store.begin(key, "r1", List.of(user("1")));
        store.begin(key, "r2", List.of(user("2")));
        store.begin(key, "r3", List.of(user("3")));

        assertThat(store.end(key, "r2", new Dropped())).isTrue();
        store.end(key, "r1", answer("one", 1));

        assertThat(store.begin(key, "r3", List.of(user("3")))).isInstanceOf(Begun.class);
    }

    @Test
    void aWaitingTurnThatStopsAskingLosesItsPlace() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), HOUR_MILLIS, HOUR_MILLIS, 200, 16, c.maxMessages(), c.maxBytes(), c.maxSessions()));
        store.begin(key, "r1", List.of(user("1")));
        store.begin(key, "r2", List.of(user("2")));
        store.end(key, "r1", answer("one", 1));

        await().atMost(PATIENCE).until(() -> store.begin(key, "r3", List.of(user("3"))) instanceof Begun);
    }

    @Test
    void theLineHasABound() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), HOUR_MILLIS, HOUR_MILLIS, HOUR_MILLIS, 2, c.maxMessages(), c.maxBytes(), c.maxSessions()));
        store.begin(key, "r1", List.of(user("1")));
        store.begin(key, "r2", List.of(user("2")));
        store.begin(key, "r3", List.of(user("3")));

        assertError(Error.BUSY, () -> store.begin(key, "r4", List.of(user("4"))));
        assertThat(store.begin(key, "r3", List.of(user("3")))).isEqualTo(new Waiting(2));
    }

    @Test
    void aTurnWhoseLeaseRanOutGivesWayAndStillJoinsAtItsOwnPlace() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), HOUR_MILLIS, 150, HOUR_MILLIS, 16, c.maxMessages(), c.maxBytes(), c.maxSessions()));
        store.begin(key, "r1", List.of(user("1")));

        await().atMost(PATIENCE).until(() -> store.begin(key, "r2", List.of(user("2"))) instanceof Begun);
        assertThat(store.hold(key, "r1", Duration.ofHours(1))).isFalse();
        assertThat(store.end(key, "r2", answer("two", 22))).isTrue();
        assertThat(store.end(key, "r1", answer("one", 11))).isTrue();

        assertThat(store.context(key)).containsExactly(user("1"), assistant("one"), user("2"), assistant("two"));
        assertThat(store.read(key).tokenCount())
                .as("the last turn's count stands")
                .isEqualTo(22);
    }

    @Test
    void aTurnThatIsHeldDoesNotGiveWay() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), HOUR_MILLIS, 3000, HOUR_MILLIS, 16, c.maxMessages(), c.maxBytes(), c.maxSessions()));
        store.begin(key, "r1", List.of(user("1")));
        assertThat(store.hold(key, "r1", Duration.ofHours(1))).isTrue();

        await().during(Duration.ofMillis(3500))
                .atMost(PATIENCE)
                .until(() -> store.begin(key, "r2", List.of(user("2"))) instanceof Waiting);
        assertThat(store.read(key).status()).isEqualTo(Session.Status.BUSY);
    }

    @Test
    void whatWasDeliveredOfACancelledTurnStays() {
        SessionStore store = store();
        store.begin(key, "r1", List.of(user("Hi")));

        assertThat(store.end(key, "r1", new Cancelled(List.of(assistant("Hel")), 7)))
                .isTrue();

        assertThat(store.context(key)).containsExactly(user("Hi"), assistant("Hel"));
        assertThat(store.read(key).tokenCount()).isEqualTo(7);
    }

    @Test
    void aTurnThatFailedOrWasCancelledWithNothingDeliveredLeavesNothing() {
        SessionStore store = store();
        say(store, "r1", "Hi", "Hello", 12);

        store.begin(key, "r2", List.of(user("2")));
        assertThat(store.end(key, "r2", new Dropped())).isTrue();
        store.begin(key, "r3", List.of(user("3")));
        assertThat(store.end(key, "r3", new Cancelled(List.of(), 0))).isTrue();

        assertThat(store.begin(key, "r4", List.of(user("4"))))
                .isEqualTo(new Begun(List.of(user("Hi"), assistant("Hello"))));
        assertThat(store.end(key, "r2", answer("late", 1))).isFalse();
        assertThat(store.read(key).tokenCount()).isEqualTo(12);
    }

    @Test
    void nobodyElseCanUseASession() {
        SessionStore store = store();
        say(store, "r1", "Hi", "Hello", 12);
        SessionKey other = new SessionKey("acme", "mallory", key.id());

        assertError(Error.NOT_YOURS, () -> store.begin(other, "r2", List.of(user("x"))));
        assertError(Error.NOT_YOURS, () -> store.context(other));
        assertError(Error.NOT_YOURS, () -> store.read(other));
        assertError(Error.NOT_YOURS, () -> store.hold(other, "r1", Duration.ofSeconds(1)));
        assertError(Error.NOT_YOURS, () -> store.end(other, "r1", new Dropped()));
        assertError(Error.NOT_YOURS, () -> store.delete(other));
        assertThat(store.list("acme", "mallory", 10)).isEmpty();
        assertThat(store.context(key)).hasSize(2);
    }

    @Test
    void tenantsNeverMeet() {
        SessionStore store = store();
        say(store, "r1", "Hi", "Hello", 12);
        SessionKey elsewhere = new SessionKey("globex", user, key.id());

        assertThat(store.context(elsewhere)).isEmpty();
        assertError(Error.NOT_FOUND, () -> store.read(elsewhere));
        assertThat(store.begin(elsewhere, "r9", List.of(user("x")))).isEqualTo(new Begun(List.of()));
        assertThat(store.list("globex", user, 10))
                .extracting(Session::messageCount)
                .containsExactly(0);
    }

    @Test
    void aDeletedSessionIsGoneAndALateEndDoesNotBringItBack() {
        SessionStore store = store();
        say(store, "r1", "Hi", "Hello", 12);
        store.begin(key, "r2", List.of(user("2")));
        store.begin(key, "r3", List.of(user("3")));

        store.delete(key);

        assertError(Error.NOT_FOUND, () -> store.read(key));
        assertError(Error.NOT_FOUND, () -> store.delete(key));
        assertThat(store.list("acme", user, 10)).isEmpty();
        assertThat(store.hold(key, "r2", Duration.ofSeconds(1))).isFalse();
        assertThat(store.end(key, "r2", answer("late", 1))).isFalse();
        assertThat(store.context(key)).isEmpty();
        assertThat(store.begin(key, "r3", List.of(user("3")))).isEqualTo(new Begun(List.of()));
        assertThat(store.read(key).tokenCount()).isZero();
    }

    @Test
    void aUsersSessionsAreListedTheLastUsedFirst() {
        SessionStore store = store();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            SessionKey one = new SessionKey("acme", user, "s" + i + "-" + UUID.randomUUID());
            store.begin(one, "r" + i, List.of(user("x")));
            ids.add(0, one.id());
            long created = store.read(one).lastActivityMillis();
            await().pollInterval(Duration.ofMillis(2)).until(() -> System.currentTimeMillis() > created + 2);
        }

        assertThat(store.list("acme", user, 10)).extracting(Session::id).containsExactlyElementsOf(ids);
        assertThat(store.list("acme", user, 2)).extracting(Session::id).containsExactlyElementsOf(ids.subList(0, 2));
    }

    @Test
    void anUnusedSessionExpiresAndUsePutsThatOff() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), 1500, 100, HOUR_MILLIS, 16, c.maxMessages(), c.maxBytes(), c.maxSessions()));
        say(store, "r1", "Hi", "Hello", 12);
        long expires = store.read(key).expiresAtMillis();

        await().atMost(PATIENCE).until(() -> store.read(key).expiresAtMillis() > expires);
        await().pollDelay(Duration.ofSeconds(2))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store.list("acme", user, 10)).isEmpty());

        assertError(Error.NOT_FOUND, () -> store.read(key));
        assertThat(store.end(key, "r1", answer("late", 1))).isFalse();
        assertThat(store.context(key)).isEmpty();
    }

    @Test
    void aSessionDoesNotExpireUnderATurnThatHoldsIt() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), 500, 400, HOUR_MILLIS, 16, c.maxMessages(), c.maxBytes(), c.maxSessions()));
        // On a machine that has more to do it may have expired in between.
        await().atMost(PATIENCE)
                .until(() -> store.begin(key, "r1", List.of(user("Hi"))) instanceof Begun
                        && store.hold(key, "r1", Duration.ofHours(1)));

        await().pollDelay(Duration.ofMillis(900))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store.list("acme", user, 10)).hasSize(1));
        assertThat(store.end(key, "r1", answer("Hello", 1))).isTrue();
    }

    @Test
    void pastSoManyMessagesASessionForgetsItsOldestTurns() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), HOUR_MILLIS, HOUR_MILLIS, HOUR_MILLIS, 16, 5, c.maxBytes(), c.maxSessions()));
        for (int i = 0; i < 4; i++) {
            say(store, "r" + i, "q" + i, "a" + i, i);
        }

        assertThat(store.context(key)).containsExactly(user("q2"), assistant("a2"), user("q3"), assistant("a3"));
        assertThat(store.read(key).messageCount()).isEqualTo(4);
        assertThat(store.end(key, "r0", answer("a0", 1))).isFalse();
        List<String> six = IntStream.range(0, 6).mapToObj(i -> user("x")).toList();
        assertError(Error.TOO_LARGE, () -> store.begin(key, "many", six));
        assertThat(store.read(key).status()).isEqualTo(Session.Status.IDLE);
    }

    @Test
    void pastSoManyBytesASessionForgetsItsOldestTurns() {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), HOUR_MILLIS, HOUR_MILLIS, HOUR_MILLIS, 16, c.maxMessages(), 600, c.maxSessions()));
        say(store, "r1", "Hi", "Hello", 1);
        say(store, "r2", "b".repeat(500), "ok", 1);

        assertThat(store.context(key)).containsExactly(user("b".repeat(500)), assistant("ok"));
        assertError(Error.TOO_LARGE, () -> store.begin(key, "huge", List.of(user("b".repeat(600)))));
        assertThat(store.begin(key, "r3", List.of(user("3")))).isInstanceOf(Begun.class);
    }

    @Test
    void aTurnThatComesToNothingTakesNoOlderOneWithIt() {
        SessionConfig c = config();
        SessionStore store =
                store(new SessionConfig(c.store(), HOUR_MILLIS, HOUR_MILLIS, HOUR_MILLIS, 16, 5, 600, c.maxSessions()));
        say(store, "r1", "Hi", "Hello", 1);

        store.begin(key, "r2", List.of(user("b".repeat(500))));
        assertThat(store.end(key, "r2", new Dropped())).isTrue();
        store.begin(key, "r3", List.of(user("1"), user("2"), user("3"), user("4")));
        assertThat(store.end(key, "r3", new Dropped())).isTrue();

        assertThat(store.context(key)).containsExactly(user("Hi"), assistant("Hello"));
        assertThat(store.read(key).messageCount()).isEqualTo(2);
    }

    @Test
    void turnsThatNeverEndAreForgottenTooWhereThereAreManyOfThem() {
        SessionConfig c = config();
        SessionStore store =
                store(new SessionConfig(c.store(), HOUR_MILLIS, 1, HOUR_MILLIS, 16, 5, 600, c.maxSessions()));
        for (int i = 0; i < 20; i++) {
            String requestId = "r" + i;
            await().atMost(PATIENCE)
                    .until(() -> store.begin(key, requestId, List.of(user(requestId))) instanceof Begun);
        }

        assertThat(store.end(key, "r0", answer("late", 1)))
                .as("the first is forgotten")
                .isFalse();
        assertThat(store.end(key, "r19", answer("last", 1))).isTrue();
        assertThat(store.context(key)).containsExactly(user("r19"), assistant("last"));
    }

    @Test
    void manyAtOnceNeverOverlapAndNoneIsLost() throws Exception {
        SessionConfig c = config();
        SessionStore store = store(new SessionConfig(
                c.store(), HOUR_MILLIS, HOUR_MILLIS, HOUR_MILLIS, 64, c.maxMessages(), c.maxBytes(), c.maxSessions()));
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

        List<String> context = store.context(key);
        assertThat(context).hasSize(2 * turns).doesNotHaveDuplicates();
        for (int i = 0; i < context.size(); i += 2) {
            assertThat(context.get(i + 1)).isEqualTo(context.get(i).replace("user", "assistant"));
        }
    }

    private void takeTurn(SessionStore store, String requestId, AtomicInteger underWay) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(50))
                .until(() -> store.begin(key, requestId, List.of(user(requestId))) instanceof Begun);
        assertThat(underWay.incrementAndGet()).isEqualTo(1);
        Thread.yield();
        assertThat(underWay.decrementAndGet()).isZero();
        Answered end = answer(requestId, 1);
        boolean mine = store.end(key, requestId, end);
        boolean again = store.end(key, requestId, end);
        assertThat(List.of(mine, again)).containsExactly(true, false);
    }

    @Test
    void aStoreThatWorksHasNothingToComplainOf() {
        assertThat(store().probe()).isEmpty();
    }
}
