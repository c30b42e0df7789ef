package dev.millrace.ingress.request;

import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * A checked request for vectors of texts.
 *
 * @param base64 whether vectors are wanted as their bytes, little-endian float32, and not as numbers
 * @param dimensions how long vectors are wanted; null: as long as the model makes them
 */
public record EmbeddingCall(
        String model, Texts input, boolean base64, @Nullable Integer dimensions, Circumstances circumstances)
        implements Call {

    /** No token is chosen, so there is nothing to say of how. */
    private static final Sampling NO_SAMPLING = Sampling.newBuilder().setSeed(0).build();

    @Override
    public RequestKind kind() {
        return RequestKind.EMBEDDING;
    }

    @Override
    public Sampling sampling() {
        return NO_SAMPLING;
    }

    @Override
    public boolean stream() {
        return false;
    }

    @Override
    public boolean includeUsage() {
        return false;
    }
}
