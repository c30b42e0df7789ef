package dev.millrace.router;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How the router runs on Kafka Streams.
 *
 * @param tickMillis how often it writes its time into the log
 * @param threads stream threads of this process
 * @param commitMillis how often it commits, and with it how much it reads again after a crash
 * @param sessionMillis silence after which the broker gives its work to another router
 * @param standbys copies of the state on other routers
 * @param replicationFactor of the topics that it makes; -1: the broker's default
 * @param maxBlockMillis how long a write may wait for a topic that is not there
 */
@ConfigurationProperties("millrace.router")
public record RouterConfig(
        @Bindable(defaultValue = "250") long tickMillis,
        @Bindable(defaultValue = "2") int threads,
        @Bindable(defaultValue = "500") long commitMillis,
        @Bindable(defaultValue = "6000") int sessionMillis,
        @Bindable(defaultValue = "1") int standbys,
        @Bindable(defaultValue = "-1") int replicationFactor,
        @Bindable(defaultValue = "5000") long maxBlockMillis) {

    /** How the record is with nothing configured. */
    public static final RouterConfig DEFAULT = new RouterConfig(250, 2, 500, 6000, 1, -1, 5000);

    public RouterConfig {
        atLeast(1, tickMillis, "tick-millis");
        atLeast(1, threads, "threads");
        atLeast(1, commitMillis, "commit-millis");
        atLeast(1000, sessionMillis, "session-millis");
        atLeast(0, standbys, "standbys");
        atLeast(1, maxBlockMillis, "max-block-millis");
        if (replicationFactor != -1 && (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE)) {
            throw new IllegalArgumentException("millrace.router.replication-factor must be -1, or 1 and more");
        }
    }

    private static void atLeast(long least, long value, String key) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "millrace.router." + key + " must be at least " + least + ", not " + value);
        }
    }
}
