package dev.millrace.ingress.session;

import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.identity.Caller;
import dev.millrace.session.Session;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Supplier;

/** A caller's sessions, with the store's errors in the words of this door. Blocks for a round trip. */
@Singleton
public final class Sessions {

    private final SessionStore store;

    Sessions(SessionStore store) {
        this.store = store;
    }

    public List<Session> list(Caller caller, int limit) {
        return asked(() -> store.list(caller.tenant(), caller.user(), limit));
    }

    public Session read(Caller caller, String id) {
        SessionKey key = key(caller, id);
        return asked(() -> store.read(key));
    }

    public void delete(Caller caller, String id) {
        SessionKey key = key(caller, id);
        asked(() -> {
            store.delete(key);
            return key;
        });
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (SessionException e) {
            throw Turns.refusal(e);
        }
    }

    private static SessionKey key(Caller caller, String id) {
        try {
            return new SessionKey(caller.tenant(), caller.user(), id);
        } catch (IllegalArgumentException e) {
            throw Refusals.wrongValue("session_id", "1 to " + SessionKey.MAX_ID_CHARS + " printable characters");
        }
    }
}
