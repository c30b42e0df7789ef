package dev.millrace.ingress.request;

import dev.millrace.event.Sampling;
import dev.millrace.ingress.error.Refusals;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How tokens are to be chosen, while it is being read. */
final class SamplingDraft {

    final Sampling.Builder builder = Sampling.newBuilder().setChoices(1);

    @Nullable
    Integer maxTokens;

    @Nullable
    Long seed;

    /**
     * A seed is drawn where the caller gave none, so that whoever goes on with an answer draws the same noise.
     *
     * @param most tokens at most, under whichever name the caller gave it
     */
    Sampling build(@Nullable Integer most, RandomGenerator random) {
        if (most != null && builder.getMinTokens() > most) {
            throw Refusals.wrongValue("min_tokens", "at most the value of 'max_tokens'");
        }
        return builder.setMaxTokens(most)
                .setSeed(seed != null ? seed : random.nextLong())
                .build();
    }
}
