package dev.millrace.gpu.generate.batch;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * How one token is to be chosen.
 *
 * @param noiseKey what its noise is made of
 * @param edited tokens whose logits change, each once
 * @param divide what a positive logit of theirs is divided by, and a negative one multiplied with
 * @param add what is then added
 * @param allowed the only tokens that may be chosen, or null for all
 */
public record Row(
        SamplingRule rule,
        long noiseKey,
        int[] edited,
        float[] divide,
        float[] add,
        @Nullable BitSet allowed) {

    private static final int[] NO_TOKENS = {};
    private static final float[] NOTHING = {};

    /** A row whose logits stay as the model gave them. */
    Row(SamplingRule rule, long noiseKey, @Nullable BitSet allowed) {
        this(rule, noiseKey, NO_TOKENS, NOTHING, NOTHING, allowed);
    }
}
