package dev.millrace.session.memory;

import dev.millrace.session.Session;
import dev.millrace.session.SessionConfig;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionException.Error;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.TurnEnd;
import dev.millrace.session.TurnStart;
import io.micronaut.context.annotation.Requires;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sessions in a bounded map; they end with the process. */
@Singleton
@Requires(property = "millrace.session.store", value = SessionConfig.MEMORY)
public final class MemorySessionStore implements SessionStore {

    private record Place(String tenant, String id) {}

    private final SessionConfig config;
    private final Clock clock;
    private final Map<Place, Conversation> conversations = new LinkedHashMap<>(16, 0.75f, true);

    public MemorySessionStore(SessionConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public synchronized TurnStart begin(SessionKey key, String requestId, List<String> messages) {
        long now = clock.millis();
        Conversation conversation = find(key, now);
        if (conversation == null) {
            conversation = new Conversation(config, key.user(), now);
        }
        TurnStart start = conversation.begin(requestId, messages, now);
        conversations.put(place(key), conversation);
        makeRoom(now);
        return start;
    }

    /** The map is in order of use, the longest unused first. */
    private void makeRoom(long nowMillis) {
        Iterator<Conversation> oldest = conversations.values().iterator();
        while (oldest.hasNext()
                && (conversations.size() > config.maxSessions() || oldest.next().hasExpired(nowMillis))) {
            removeOldest();
            oldest = conversations.values().iterator();
        }
    }

    private void removeOldest() {
        Iterator<Place> places = conversations.keySet().iterator();
        places.next();
        places.remove();
    }

    @Override
    public synchronized boolean hold(SessionKey key, String requestId, Duration lease) {
        long now = clock.millis();
        Conversation conversation = find(key, now);
        return conversation != null && conversation.hold(requestId, lease.toMillis(), now);
    }

    @Override
    public synchronized boolean end(SessionKey key, String requestId, TurnEnd end) {
        long now = clock.millis();
        Conversation conversation = find(key, now);
        return conversation != null && conversation.end(requestId, end, now);
    }

    @Override
    public synchronized List<String> context(SessionKey key) {
        long now = clock.millis();
        Conversation conversation = find(key, now);
        if (conversation == null) {
            return List.of();
        }
        conversation.touch(now);
        return conversation.context();
    }

    @Override
    public synchronized Session read(SessionKey key) {
        long now = clock.millis();
        Conversation conversation = find(key, now);
        if (conversation == null) {
            throw new SessionException(Error.NOT_FOUND, "no session '" + key.id() + "'");
        }
        conversation.touch(now);
        return conversation.describe(key, now);
    }

    @Override
    public synchronized void delete(SessionKey key) {
        if (find(key, clock.millis()) == null) {
            throw new SessionException(Error.NOT_FOUND, "no session '" + key.id() + "'");
        }
        conversations.remove(place(key));
    }

    @Override
    public synchronized List<Session> list(String tenant, String user, int limit) {
        long now = clock.millis();
        return conversations.entrySet().stream()
                .filter(entry -> entry.getKey().tenant().equals(tenant)
                        && entry.getValue().belongsTo(user)
                        && !entry.getValue().hasExpired(now))
                .sorted(Comparator.comparingLong((Map.Entry<Place, Conversation> entry) ->
                                entry.getValue().lastActivityMillis())
                        .reversed())
                .limit(limit)
                .map(entry -> entry.getValue()
                        .describe(new SessionKey(tenant, user, entry.getKey().id()), now))
                .toList();
    }

    @Override
    public Optional<String> probe() {
        return Optional.empty();
    }

    @Override
    @PreDestroy
    public void close() {
        // Nothing is held outside of the heap.
    }

    private @Nullable Conversation find(SessionKey key, long nowMillis) {
        Conversation conversation = conversations.get(place(key));
        if (conversation == null || conversation.hasExpired(nowMillis)) {
            conversations.remove(place(key));
            return null;
        }
        if (!conversation.belongsTo(key.user())) {
            throw new SessionException(Error.NOT_YOURS, "the session '" + key.id() + "' belongs to another user");
        }
        return conversation;
    }

    private static Place place(SessionKey key) {
        return new Place(key.tenant(), key.id());
    }
}
