package dev.millrace.ingress.reply;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How replies are read and handed to clients.
 *
 * @param instance this replica's name, from which its partitions follow; empty: a new one at each start
 * @param ownPartitions how many reply partitions this replica prefers for its requests
 * @param headWaitMillis how long a stream's status may wait for the first chunk
 * @param keepAliveMillis after how much silence a stream gets a comment
 * @param maxQueuedEvents events that wait for a slow client
 * @param maxQueuedBytes bytes that wait for a slow client
 * @param endGraceMillis how long past its lifetime a request may take to get its end from the log
 * @param lastWordMillis how long the last word of an answer may wait until its session has the turn
 */
@ConfigurationProperties("millrace.reply")
public record ReplyConfig(
        @Bindable(defaultValue = "") String instance,
        @Bindable(defaultValue = "2") int ownPartitions,
        @Bindable(defaultValue = "10000") long headWaitMillis,
        @Bindable(defaultValue = "10000") long keepAliveMillis,
        @Bindable(defaultValue = "256") int maxQueuedEvents,
        @Bindable(defaultValue = "262144") int maxQueuedBytes,
        @Bindable(defaultValue = "5000") long endGraceMillis,
        @Bindable(defaultValue = "500") long lastWordMillis) {

    public ReplyConfig {
        positive("own-partitions", ownPartitions);
        positive("head-wait-millis", headWaitMillis);
        positive("keep-alive-millis", keepAliveMillis);
        positive("max-queued-events", maxQueuedEvents);
        positive("max-queued-bytes", maxQueuedBytes);
        positive("end-grace-millis", endGraceMillis);
        positive("last-word-millis", lastWordMillis);
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("millrace.reply." + name + " must be positive");
        }
    }
}
