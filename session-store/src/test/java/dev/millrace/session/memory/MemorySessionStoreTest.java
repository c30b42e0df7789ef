package dev.millrace.session.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.session.ConversationContract;
import dev.millrace.session.ForgettingContract;
import dev.millrace.session.OwnersContract;
import dev.millrace.session.SessionConfig;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.Settings;
import dev.millrace.session.Talk;
import dev.millrace.session.TurnsContract;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemorySessionStoreTest implements ConversationContract, TurnsContract, OwnersContract, ForgettingContract {

    private final SessionKey key = Talk.freshKey();
    private final Map<SessionConfig, SessionStore> stores = new HashMap<>();

    @Override
    public SessionKey key() {
        return key;
    }

    @Override
    public SessionStore store(SessionConfig config) {
        return stores.computeIfAbsent(config, one -> new MemorySessionStore(one, Clock.systemUTC()));
    }

    @Test
    void theLongestUnusedSessionsGoWhenThereAreTooMany() {
        SessionStore store = store(Settings.wide().maxSessions(3).config());
        for (int i = 0; i < 5; i++) {
            store.begin(new SessionKey("acme", "u", "s" + i), "r" + i, List.of("x"));
            if (i == 3) {
                store.read(new SessionKey("acme", "u", "s1"));
            }
        }

        assertThat(store.list("acme", "u", 10))
                .extracting(session -> session.id())
                .containsExactlyInAnyOrder("s1", "s3", "s4");
    }
}
