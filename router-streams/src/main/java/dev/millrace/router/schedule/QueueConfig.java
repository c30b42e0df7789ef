package dev.millrace.router.schedule;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * What may wait, and in which order.
 *
 * @param maxWaiting requests that may wait in one partition of the router
 * @param maxWaitingBytes bytes of those requests
 * @param backgroundPatienceMillis a background request that waited longer is impatient
 * @param batchPatienceMillis a batch request that waited longer is impatient
 * @param impatientEvery one assignment in so many goes to an impatient request, so that no class starves another
 * @param prefetch assignments beyond its slots that a worker gets, where its work is short
 * @param prefetchTurnoverMillis a worker that frees a slot this often, or more often, is one whose work is short
 */
@ConfigurationProperties("millrace.queue")
public record QueueConfig(
        @Bindable(defaultValue = "10000") int maxWaiting,
        @Bindable(defaultValue = "268435456") long maxWaitingBytes,
        @Bindable(defaultValue = "60000") long backgroundPatienceMillis,
        @Bindable(defaultValue = "3600000") long batchPatienceMillis,
        @Bindable(defaultValue = "8") int impatientEvery,
        @Bindable(defaultValue = "2") int prefetch,
        @Bindable(defaultValue = "100") long prefetchTurnoverMillis) {

    /** How the record is with nothing configured. */
    public static final QueueConfig DEFAULT = new QueueConfig(10_000, 256L << 20, 60_000, 3_600_000, 8, 2, 100);

    public QueueConfig {
        atLeast(1, maxWaiting, "max-waiting");
        atLeast(1, maxWaitingBytes, "max-waiting-bytes");
        atLeast(1, backgroundPatienceMillis, "background-patience-millis");
        atLeast(1, batchPatienceMillis, "batch-patience-millis");
        atLeast(1, impatientEvery, "impatient-every");
        atLeast(0, prefetch, "prefetch");
        atLeast(0, prefetchTurnoverMillis, "prefetch-turnover-millis");
    }

    private static void atLeast(long least, long value, String key) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "millrace.queue." + key + " must be at least " + least + ", not " + value);
        }
    }
}
