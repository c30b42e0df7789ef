package dev.millrace.ingress.limit;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * What this door takes on at once, and how large a request may be.
 *
 * @param maxInFlight requests that are being answered
 * @param maxBodyBytesInFlight bytes of the bodies of those requests
 * @param maxBytesReadAtOnce bytes of large bodies that are read and checked at the same moment; the others wait
 * @param maxAnswerBytesInFlight bytes of answers that are being gathered, because they go out whole or into a session
 * @param maxMessages messages of a chat
 * @param maxInputs texts of one request for embeddings
 * @param maxPrompts texts that one completion goes on from
 * @param maxTools tools of a chat
 * @param maxNesting levels of a body's JSON
 * @param maxPromptChars characters of what is sent on to the model, a session's earlier messages included
 */
@ConfigurationProperties("millrace.limit")
public record LimitConfig(
        @Bindable(defaultValue = "2000") int maxInFlight,
        @Bindable(defaultValue = "134217728") long maxBodyBytesInFlight,
        @Bindable(defaultValue = "16777216") int maxBytesReadAtOnce,
        @Bindable(defaultValue = "201326592") long maxAnswerBytesInFlight,
        @Bindable(defaultValue = "4096") int maxMessages,
        @Bindable(defaultValue = "2048") int maxInputs,
        @Bindable(defaultValue = "128") int maxPrompts,
        @Bindable(defaultValue = "128") int maxTools,
        @Bindable(defaultValue = "64") int maxNesting,
        @Bindable(defaultValue = "10485760") int maxPromptChars) {

    /** What a worker takes in one request, as the API has it. */
    private static final int MOST_INPUTS = 2048;

    private static final int MOST_CHOICES = 8;

    public LimitConfig {
        positive("max-in-flight", maxInFlight);
        positive("max-body-bytes-in-flight", maxBodyBytesInFlight);
        positive("max-bytes-read-at-once", maxBytesReadAtOnce);
        positive("max-answer-bytes-in-flight", maxAnswerBytesInFlight);
        positive("max-messages", maxMessages);
        upTo(MOST_INPUTS, "max-inputs", maxInputs);
        upTo(MOST_INPUTS / MOST_CHOICES, "max-prompts", maxPrompts);
        positive("max-tools", maxTools);
        positive("max-nesting", maxNesting);
        positive("max-prompt-chars", maxPromptChars);
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("millrace.limit." + name + " must be positive");
        }
    }

    private static void upTo(int most, String name, int value) {
        positive(name, value);
        if (value > most) {
            throw new IllegalArgumentException("millrace.limit." + name + " must be at most " + most);
        }
    }
}
