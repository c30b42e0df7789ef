package dev.millrace.session;

import static dev.millrace.session.Talk.answer;
import static dev.millrace.session.Talk.assertError;
import static dev.millrace.session.Talk.say;
import static dev.millrace.session.Talk.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.session.SessionException.Error;
import dev.millrace.session.TurnEnd.Dropped;
import dev.millrace.session.TurnStart.Begun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whose a session is, and that it is gone when its owner deletes it. */
public interface OwnersContract extends StoreContract {

    @Test
    default void nobodyElseCanUseASession() {
        SessionStore store = store();
        say(store, key(), "r1", "Hi", "Hello", 12);
        SessionKey other = new SessionKey("acme", "mallory", key().id());

        assertError(Error.NOT_YOURS, () -> store.begin(other, "r2", List.of(user("x"))));
        assertError(Error.NOT_YOURS, () -> store.context(other));
        assertError(Error.NOT_YOURS, () -> store.read(other));
        assertError(Error.NOT_YOURS, () -> store.hold(other, "r1", Duration.ofSeconds(1)));
        assertError(Error.NOT_YOURS, () -> store.end(other, "r1", new Dropped()));
        assertError(Error.NOT_YOURS, () -> store.delete(other));
        assertThat(store.list("acme", "mallory", 10)).isEmpty();
        assertThat(store.context(key())).hasSize(2);
    }

    @Test
    default void tenantsNeverMeet() {
        SessionStore store = store();
        say(store, key(), "r1", "Hi", "Hello", 12);
        SessionKey elsewhere = new SessionKey("globex", key().user(), key().id());

        assertThat(store.context(elsewhere)).isEmpty();
        assertError(Error.NOT_FOUND, () -> store.read(elsewhere));
        assertThat(store.begin(elsewhere, "r9", List.of(user("x")))).isEqualTo(new Begun(List.of()));
        assertThat(store.list("globex", key().user(), 10))
                .extracting(Session::messageCount)
                .containsExactly(0);
    }

    @Test
    default void aDeletedSessionIsGoneAndALateEndDoesNotBringItBack() {
        SessionStore store = store();
        say(store, key(), "r1", "Hi", "Hello", 12);
        store.begin(key(), "r2", List.of(user("2")));
        store.begin(key(), "r3", List.of(user("3")));

        store.delete(key());

        assertError(Error.NOT_FOUND, () -> store.read(key()));
        assertError(Error.NOT_FOUND, () -> store.delete(key()));
        assertThat(store.list("acme", key().user(), 10)).isEmpty();
        assertThat(store.hold(key(), "r2", Duration.ofSeconds(1))).isFalse();
        assertThat(store.end(key(), "r2", answer("late", 1))).isFalse();
        assertThat(store.context(key())).isEmpty();
        assertThat(store.begin(key(), "r3", List.of(user("3")))).isEqualTo(new Begun(List.of()));
        assertThat(store.read(key()).tokenCount()).isZero();
    }

    @Test
    default void aUsersSessionsAreListedTheLastUsedFirst() {
        SessionStore store = store();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            SessionKey one = new SessionKey("acme", key().user(), "s" + i + "-" + UUID.randomUUID());
            store.begin(one, "r" + i, List.of(user("x")));
            ids.add(0, one.id());
            long created = store.read(one).lastActivityMillis();
            await().pollInterval(Duration.ofMillis(2)).until(() -> System.currentTimeMillis() > created + 2);
        }

        assertThat(store.list("acme", key().user(), 10)).extracting(Session::id).containsExactlyElementsOf(ids);
        assertThat(store.list("acme", key().user(), 2))
                .extracting(Session::id)
                .containsExactlyElementsOf(ids.subList(0, 2));
    }
}
