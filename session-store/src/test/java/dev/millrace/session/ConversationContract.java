package dev.millrace.session;

import static dev.millrace.session.Talk.answer;
import static dev.millrace.session.Talk.assistant;
import static dev.millrace.session.Talk.say;
import static dev.millrace.session.Talk.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.session.TurnEnd.Answered;
import dev.millrace.session.TurnEnd.Cancelled;
import dev.millrace.session.TurnEnd.Dropped;
import dev.millrace.session.TurnStart.Begun;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a session remembers of its turns, and that doing it twice changes nothing. */
public interface ConversationContract extends StoreContract {

    @Test
    default void aNewSessionHasNoContextAndAnEndedTurnIsTheContextOfTheNext() {
        SessionStore store = store();

        assertThat(store.begin(key(), "r1", List.of(user("Hi"), user("there")))).isEqualTo(new Begun(List.of()));
        assertThat(store.end(key(), "r1", answer("Hello", 12))).isTrue();

        assertThat(store.begin(key(), "r2", List.of(user("More"))))
                .isEqualTo(new Begun(List.of(user("Hi"), user("there"), assistant("Hello"))));
        assertThat(store.context(key())).containsExactly(user("Hi"), user("there"), assistant("Hello"));
    }

    @Test
    default void textComesBackAsItWas() {
        SessionStore store = store();
        String odd = "{\"content\":\"a\\u0000b \\\" 漢字 😀 \\n\"}";

        store.begin(key(), "r1", List.of(odd, ""));
        store.end(key(), "r1", new Answered(List.of(odd), 1));

        assertThat(store.context(key())).containsExactly(odd, "", odd);
    }

    @Test
    default void aSessionTellsItsFigures() {
        SessionStore store = store();
        store.begin(key(), "r1", List.of(user("Hi")));

        Session busy = store.read(key());
        assertThat(busy.status()).isEqualTo(Session.Status.BUSY);
        assertThat(busy.messageCount()).isZero();
        assertThat(busy.tokenCount()).isZero();

        store.end(key(), "r1", answer("Hello", 12));

        Session idle = store.read(key());
        assertThat(idle.id()).isEqualTo(key().id());
        assertThat(idle.user()).isEqualTo(key().user());
        assertThat(idle.messageCount()).isEqualTo(2);
        assertThat(idle.tokenCount()).isEqualTo(12);
        assertThat(idle.createdAtMillis()).isEqualTo(busy.createdAtMillis());
        assertThat(idle.lastActivityMillis()).isGreaterThanOrEqualTo(busy.lastActivityMillis());
        assertThat(idle.expiresAtMillis()).isGreaterThan(idle.lastActivityMillis());
        assertThat(idle.status()).isEqualTo(Session.Status.IDLE);
    }

    @Test
    default void beginningAgainGivesTheSameContext() {
        SessionStore store = store();
        say(store, key(), "r1", "Hi", "Hello", 1);
        Begun begun = new Begun(List.of(user("Hi"), assistant("Hello")));

        assertThat(store.begin(key(), "r2", List.of(user("More")))).isEqualTo(begun);
        assertThat(store.begin(key(), "r2", List.of(user("More")))).isEqualTo(begun);
        store.end(key(), "r2", answer("Enough", 2));

        assertThat(store.begin(key(), "r2", List.of(user("More")))).isEqualTo(begun);
        assertThat(store.read(key()).status()).isEqualTo(Session.Status.IDLE);
        assertThat(store.context(key())).hasSize(4);
    }

    @Test
    default void endingAgainChangesNothing() {
        SessionStore store = store();
        say(store, key(), "r1", "Hi", "Hello", 12);

        assertThat(store.end(key(), "r1", answer("Hello", 12))).isFalse();
        assertThat(store.end(key(), "r1", answer("Other", 99))).isFalse();
        assertThat(store.end(key(), "r1", new Dropped())).isFalse();

        assertThat(store.context(key())).containsExactly(user("Hi"), assistant("Hello"));
        assertThat(store.read(key()).tokenCount()).isEqualTo(12);
    }

    @Test
    default void anotherProcessEndsWhatTheFirstOneBegan() {
        store().begin(key(), "r1", List.of(user("Hi")));

        assertThat(store().end(key(), "r1", answer("Hello", 5))).isTrue();

        assertThat(store().begin(key(), "r2", List.of(user("More"))))
                .isEqualTo(new Begun(List.of(user("Hi"), assistant("Hello"))));
    }

    @Test
    default void whatWasDeliveredOfACancelledTurnStays() {
        SessionStore store = store();
        store.begin(key(), "r1", List.of(user("Hi")));

        assertThat(store.end(key(), "r1", new Cancelled(List.of(assistant("Hel")), 7)))
                .isTrue();

        assertThat(store.context(key())).containsExactly(user("Hi"), assistant("Hel"));
        assertThat(store.read(key()).tokenCount()).isEqualTo(7);
    }

    @Test
    default void aTurnThatFailedOrWasCancelledWithNothingDeliveredLeavesNothing() {
        SessionStore store = store();
        say(store, key(), "r1", "Hi", "Hello", 12);

        store.begin(key(), "r2", List.of(user("2")));
        assertThat(store.end(key(), "r2", new Dropped())).isTrue();
        store.begin(key(), "r3", List.of(user("3")));
        assertThat(store.end(key(), "r3", new Cancelled(List.of(), 0))).isTrue();

        assertThat(store.begin(key(), "r4", List.of(user("4"))))
                .isEqualTo(new Begun(List.of(user("Hi"), assistant("Hello"))));
        assertThat(store.end(key(), "r2", answer("late", 1))).isFalse();
        assertThat(store.read(key()).tokenCount()).isEqualTo(12);
    }

    @Test
    default void aStoreThatWorksHasNothingToComplainOf() {
        assertThat(store().probe()).isEmpty();
    }
}
