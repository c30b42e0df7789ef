package dev.millrace.router.schedule;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * When work counts as lost, and when a request is given up.
 *
 * @param maxTickMillis most by which one tick moves the log's clock, so that an outage condemns nobody
 * @param leaseMillis a worker silent for longer, on the log's clock, has lost all that it held
 * @param noWorkerMillis how long a request waits while its model has no worker at all
 * @param unknownModelMillis how long a request waits for a model that nobody ever announced
 * @param retries how often a request is tried again after its work was lost
 * @param maxAttempts attempts given out at most, those that were nobody's fault included
 * @param assignmentMillis an assignment that its worker has not seen after this long is lost
 * @param settleMillis how long the end that a worker told of may take to be settled
 * @param releaseMillis the same where a worker no longer holds an assignment and told nothing
 * @param cancelMillis how long a worker may take to react to a cancellation
 * @param recloseMillis a Closed that was not settled after this long is written again
 * @param maxCloses how often Closed is written at most
 * @param retryAfterMillis what a client is told to wait where the system could not serve it
 * @param tombstoneMillis how long after its making an ended request's id is remembered
 */
@ConfigurationProperties("millrace.scheduler")
public record SchedulerConfig(
        @Bindable(defaultValue = "1000") long maxTickMillis,
        @Bindable(defaultValue = "3000") long leaseMillis,
        @Bindable(defaultValue = "30000") long noWorkerMillis,
        @Bindable(defaultValue = "2000") long unknownModelMillis,
        @Bindable(defaultValue = "3") int retries,
        @Bindable(defaultValue = "20") int maxAttempts,
        @Bindable(defaultValue = "5000") long assignmentMillis,
        @Bindable(defaultValue = "15000") long settleMillis,
        @Bindable(defaultValue = "3000") long releaseMillis,
        @Bindable(defaultValue = "2000") long cancelMillis,
        @Bindable(defaultValue = "5000") long recloseMillis,
        @Bindable(defaultValue = "10") int maxCloses,
        @Bindable(defaultValue = "2000") long retryAfterMillis,
        @Bindable(defaultValue = "90000000") long tombstoneMillis) {

    /** How the record is with nothing configured. */
    public static final SchedulerConfig DEFAULT =
            new SchedulerConfig(1000, 3000, 30_000, 2000, 3, 20, 5000, 15_000, 3000, 2000, 5000, 10, 2000, 90_000_000);

    public SchedulerConfig {
        atLeast(1, maxTickMillis, "max-tick-millis");
        atLeast(maxTickMillis + 1, leaseMillis, "lease-millis");
        atLeast(0, noWorkerMillis, "no-worker-millis");
        atLeast(0, unknownModelMillis, "unknown-model-millis");
        atLeast(0, retries, "retries");
        atLeast(retries + 1L, maxAttempts, "max-attempts");
        atLeast(1, assignmentMillis, "assignment-millis");
        atLeast(1, settleMillis, "settle-millis");
        atLeast(1, releaseMillis, "release-millis");
        atLeast(1, cancelMillis, "cancel-millis");
        atLeast(1, recloseMillis, "reclose-millis");
        atLeast(1, maxCloses, "max-closes");
        atLeast(0, retryAfterMillis, "retry-after-millis");
        atLeast(1, tombstoneMillis, "tombstone-millis");
    }

    private static void atLeast(long least, long value, String key) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "millrace.scheduler." + key + " must be at least " + least + ", not " + value);
        }
    }
}
