package dev.millrace.ingress.request;

import dev.millrace.topic.Topics;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.Objects;

/**
 * How long requests may take, and how their ids are signed.
 *
 * @param idSecret signs request ids; the same for all doors of a deployment
 * @param queueMillis how long an interactive request may wait for a worker
 * @param backgroundQueueMillis how long a background request may
 * @param batchQueueMillis how long a batch request may
 * @param firstTokenMillis how long a worker may take to its first token
 * @param lifetimeMillis how long a request may live in all
 */
@ConfigurationProperties("millrace.request")
public record RequestConfig(
        @Bindable(defaultValue = "") String idSecret,
        @Bindable(defaultValue = "300000") long queueMillis,
        @Bindable(defaultValue = "600000") long backgroundQueueMillis,
        @Bindable(defaultValue = "86400000") long batchQueueMillis,
        @Bindable(defaultValue = "30000") long firstTokenMillis,
        @Bindable(defaultValue = "900000") long lifetimeMillis) {

    private static final int MIN_SECRET_CHARS = 16;

    public RequestConfig {
        if (idSecret.length() < MIN_SECRET_CHARS) {
            throw new IllegalArgumentException(
                    "millrace.request.id-secret must be given and have " + MIN_SECRET_CHARS + " characters or more");
        }
        positive("queue-millis", queueMillis);
        positive("background-queue-millis", backgroundQueueMillis);
        positive("batch-queue-millis", batchQueueMillis);
        positive("first-token-millis", firstTokenMillis);
        positive("lifetime-millis", lifetimeMillis);
        long kept = Objects.requireNonNull(Topics.REPLIES.retention()).toMillis();
        if (lifetimeMillis > kept / 2) {
            throw new IllegalArgumentException(
                    "millrace.request.lifetime-millis must be at most half of what replies are kept for, " + kept);
        }
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("millrace.request." + name + " must be positive");
        }
    }

    @Override
    public String toString() {
        return "RequestConfig[queueMillis=" + queueMillis + ", backgroundQueueMillis=" + backgroundQueueMillis
                + ", batchQueueMillis=" + batchQueueMillis + ", firstTokenMillis=" + firstTokenMillis
                + ", lifetimeMillis=" + lifetimeMillis + "]";
    }
}
