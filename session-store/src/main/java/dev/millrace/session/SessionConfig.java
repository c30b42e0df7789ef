package dev.millrace.session;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How sessions are kept.
 *
 * @param store where they are kept: redis or memory
 * @param ttlMillis how long a session is kept after its last use
 * @param leaseMillis how long a turn holds its session before its request is accepted
 * @param waiterMillis how long a waiting turn keeps its place without asking
 * @param maxWaiting how many turns of a session may wait
 * @param maxMessages how many messages a session keeps; past it the oldest turns go
 * @param maxBytes how many bytes of messages a session keeps; past it the oldest turns go
 * @param maxSessions how many sessions the memory keeps; past it the longest unused goes
 */
@ConfigurationProperties("millrace.session")
public record SessionConfig(
        @Bindable(defaultValue = REDIS) String store,
        @Bindable(defaultValue = "3600000") long ttlMillis,
        @Bindable(defaultValue = "30000") long leaseMillis,
        @Bindable(defaultValue = "5000") long waiterMillis,
        @Bindable(defaultValue = "16") int maxWaiting,
        @Bindable(defaultValue = "1000") int maxMessages,
        @Bindable(defaultValue = "2097152") int maxBytes,
        @Bindable(defaultValue = "10000") int maxSessions) {

    public static final String REDIS = "redis";
    public static final String MEMORY = "memory";

    public SessionConfig {
        if (!store.equals(REDIS) && !store.equals(MEMORY)) {
            throw new IllegalArgumentException("millrace.session.store must be redis or memory");
        }
        positive("ttl-millis", ttlMillis);
        positive("lease-millis", leaseMillis);
        positive("waiter-millis", waiterMillis);
        positive("max-waiting", maxWaiting);
        positive("max-messages", maxMessages);
        positive("max-bytes", maxBytes);
        positive("max-sessions", maxSessions);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("millrace.session." + name + " must be positive");
        }
    }
}
