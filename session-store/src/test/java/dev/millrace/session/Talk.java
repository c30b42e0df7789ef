package dev.millrace.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.session.SessionException.Error;
import dev.millrace.session.TurnEnd.Answered;
import dev.millrace.session.TurnStart.Begun;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is said in a session, and in which. */
public final class Talk {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private Talk() {}

    public static SessionKey freshKey() {
        return new SessionKey("acme", "u-" + UUID.randomUUID(), "s-" + UUID.randomUUID());
    }

    static String user(String text) {
        return "{\"role\":\"user\",\"content\":\"" + text + "\"}";
    }

    static String assistant(String text) {
        return "{\"role\":\"assistant\",\"content\":\"" + text + "\"}";
    }

    static Answered answer(String text, long tokens) {
        return new Answered(List.of(assistant(text)), tokens);
    }

    static void say(SessionStore store, SessionKey key, String requestId, String question, String answer, long tokens) {
        assertThat(store.begin(key, requestId, List.of(user(question)))).isInstanceOf(Begun.class);
        assertThat(store.end(key, requestId, answer(answer, tokens))).isTrue();
    }

    static void assertError(Error error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SessionException.class, e -> assertThat(e.error())
                .isEqualTo(error));
    }
}
