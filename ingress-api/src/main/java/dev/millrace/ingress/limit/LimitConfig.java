package dev.millrace.ingress.limit;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * What this door takes on at once, and how large a request may be.
 *
 * @param maxInFlight requests that are being answered
 * @param maxBodyBytesInFlight bytes of the bodies of those requests
 * @param maxBytesReadAtOnce bytes of large bodies that are read and checked at the same moment; the others wait
 * @param maxMessages messages of a chat
 * @param maxTools tools of a chat
 * @param maxNesting levels of a body's JSON
 * @param maxPromptChars characters of what is sent on to the model, a session's earlier messages included
 */
@ConfigurationProperties("millrace.limit")
public record LimitConfig(
        @Bindable(defaultValue = "2000") int maxInFlight,
        @Bindable(defaultValue = "134217728") long maxBodyBytesInFlight,
        @Bindable(defaultValue = "16777216") int maxBytesReadAtOnce,
        @Bindable(defaultValue = "4096") int maxMessages,
        @Bindable(defaultValue = "128") int maxTools,
        @Bindable(defaultValue = "64") int maxNesting,
        @Bindable(defaultValue = "10485760") int maxPromptChars) {

    public LimitConfig {
        positive("max-in-flight", maxInFlight);
        positive("max-body-bytes-in-flight", maxBodyBytesInFlight);
        positive("max-bytes-read-at-once", maxBytesReadAtOnce);
        positive("max-messages", maxMessages);
        positive("max-tools", maxTools);
        positive("max-nesting", maxNesting);
        positive("max-prompt-chars", maxPromptChars);
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("millrace.limit." + name + " must be positive");
        }
    }
}
