package dev.millrace.router.settle;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How ends are settled.
 *
 * @param commitMillis how often the settler commits, and with it how much it reads again after a crash
 * @param sessionMillis silence after which the broker gives its partitions to another settler
 * @param maxOpenMillis a request that has no end so long after its making is not waited for; longer than any lifetime
 * @param maxRemembered ended requests that are remembered for each partition; the history of others is read again
 * @param aliveMillis a settler that did nothing for so long is not well
 */
@ConfigurationProperties("millrace.settler")
public record SettlerConfig(
        @Bindable(defaultValue = "200") long commitMillis,
        @Bindable(defaultValue = "6000") int sessionMillis,
        @Bindable(defaultValue = "100800000") long maxOpenMillis,
        @Bindable(defaultValue = "50000") int maxRemembered,
        @Bindable(defaultValue = "15000") long aliveMillis) {

    /** How the record is with nothing configured. */
    public static final SettlerConfig DEFAULT = new SettlerConfig(200, 6000, 100_800_000, 50_000, 15_000);

    public SettlerConfig {
        atLeast(1, commitMillis, "commit-millis");
        atLeast(1000, sessionMillis, "session-millis");
        atLeast(1, maxOpenMillis, "max-open-millis");
        atLeast(1, maxRemembered, "max-remembered");
        atLeast(1, aliveMillis, "alive-millis");
    }

    private static void atLeast(long least, long value, String key) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "millrace.settler." + key + " must be at least " + least + ", not " + value);
        }
    }
}
