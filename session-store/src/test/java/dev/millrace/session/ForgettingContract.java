package dev.millrace.session;

import static dev.millrace.session.Talk.answer;
import static dev.millrace.session.Talk.assertError;
import static dev.millrace.session.Talk.assistant;
import static dev.millrace.session.Talk.say;
import static dev.millrace.session.Talk.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.session.SessionException.Error;
import dev.millrace.session.TurnEnd.Dropped;
import dev.millrace.session.TurnStart.Begun;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long sessions are kept, and how much of them. */
public interface ForgettingContract extends StoreContract {

    @Test
    default void anUnusedSessionExpiresAndUsePutsThatOff() {
        SessionStore store =
                store(Settings.wide().ttlMillis(1500).leaseMillis(100).config());
        say(store, key(), "r1", "Hi", "Hello", 12);
        long expires = store.read(key()).expiresAtMillis();

        await().atMost(Talk.PATIENCE).until(() -> store.read(key()).expiresAtMillis() > expires);
        await().pollDelay(Duration.ofSeconds(2)).atMost(Talk.PATIENCE).untilAsserted(() -> assertThat(
                        store.list("acme", key().user(), 10))
                .isEmpty());

        assertError(Error.NOT_FOUND, () -> store.read(key()));
        assertThat(store.end(key(), "r1", answer("late", 1))).isFalse();
        assertThat(store.context(key())).isEmpty();
    }

    @Test
    default void aSessionThatIsOnlyReadIsListedAsLongAsItIsThere() {
        long ttlMillis = 1500;
        SessionStore store =
                store(Settings.wide().ttlMillis(ttlMillis).leaseMillis(100).config());
        // Anew where the machine had so much else to do that it has expired.
        await().atMost(Talk.PATIENCE)
                .ignoreExceptionsInstanceOf(SessionException.class)
                .until(() -> {
                    say(store, key(), "r" + UUID.randomUUID(), "Hi", "Hello", 12);
                    Session first = store.read(key());
                    await().atMost(Talk.PATIENCE).until(() -> {
                        List<Session> listed = store.list("acme", key().user(), 10);
                        Session read = store.read(key());
                        assertThat(listed).hasSize(1);
                        assertThat(read.lastActivityMillis()).isEqualTo(first.lastActivityMillis());
                        return read.expiresAtMillis() > first.expiresAtMillis() + ttlMillis;
                    });
                    return true;
                });
    }

    @Test
    default void aSessionDoesNotExpireUnderATurnThatHoldsIt() {
        SessionStore store =
                store(Settings.wide().ttlMillis(500).leaseMillis(400).config());
        // On a machine that has more to do it may have expired in between.
        await().atMost(Talk.PATIENCE)
                .until(() -> store.begin(key(), "r1", List.of(user("Hi"))) instanceof Begun
                        && store.hold(key(), "r1", Duration.ofHours(1)));

        await().pollDelay(Duration.ofMillis(900)).atMost(Talk.PATIENCE).untilAsserted(() -> assertThat(
                        store.list("acme", key().user(), 10))
                .hasSize(1));
        assertThat(store.end(key(), "r1", answer("Hello", 1))).isTrue();
    }

    @Test
    default void pastSoManyMessagesASessionForgetsItsOldestTurns() {
        SessionStore store = store(Settings.wide().maxMessages(5).config());
        for (int i = 0; i < 4; i++) {
            say(store, key(), "r" + i, "q" + i, "a" + i, i);
        }

        assertThat(store.context(key())).containsExactly(user("q2"), assistant("a2"), user("q3"), assistant("a3"));
        assertThat(store.read(key()).messageCount()).isEqualTo(4);
        assertThat(store.end(key(), "r0", answer("a0", 1))).isFalse();
        List<String> six = IntStream.range(0, 6).mapToObj(i -> user("x")).toList();
        assertError(Error.TOO_LARGE, () -> store.begin(key(), "many", six));
        assertThat(store.read(key()).status()).isEqualTo(Session.Status.IDLE);
    }

    @Test
    default void pastSoManyBytesASessionForgetsItsOldestTurns() {
        SessionStore store = store(Settings.wide().maxBytes(600).config());
        say(store, key(), "r1", "Hi", "Hello", 1);
        say(store, key(), "r2", "b".repeat(500), "ok", 1);

        assertThat(store.context(key())).containsExactly(user("b".repeat(500)), assistant("ok"));
        assertError(Error.TOO_LARGE, () -> store.begin(key(), "huge", List.of(user("b".repeat(600)))));
        assertThat(store.begin(key(), "r3", List.of(user("3")))).isInstanceOf(Begun.class);
    }

    @Test
    default void aTurnThatComesToNothingTakesNoOlderOneWithIt() {
        SessionStore store = store(Settings.wide().maxMessages(5).maxBytes(600).config());
        say(store, key(), "r1", "Hi", "Hello", 1);

        store.begin(key(), "r2", List.of(user("b".repeat(500))));
        assertThat(store.end(key(), "r2", new Dropped())).isTrue();
        store.begin(key(), "r3", List.of(user("1"), user("2"), user("3"), user("4")));
        assertThat(store.end(key(), "r3", new Dropped())).isTrue();

        assertThat(store.context(key())).containsExactly(user("Hi"), assistant("Hello"));
        assertThat(store.read(key()).messageCount()).isEqualTo(2);
    }

    @Test
    default void turnsThatNeverEndAreForgottenTooWhereThereAreManyOfThem() {
        SessionStore store = store(
                Settings.wide().leaseMillis(1).maxMessages(5).maxBytes(600).config());
        for (int i = 0; i < 20; i++) {
            String requestId = "r" + i;
            await().atMost(Talk.PATIENCE)
                    .until(() -> store.begin(key(), requestId, List.of(user(requestId))) instanceof Begun);
        }

        assertThat(store.end(key(), "r0", answer("late", 1)))
                .as("the first is forgotten")
                .isFalse();
        assertThat(store.end(key(), "r19", answer("last", 1))).isTrue();
        assertThat(store.context(key())).containsExactly(user("r19"), assistant("last"));
    }
}
