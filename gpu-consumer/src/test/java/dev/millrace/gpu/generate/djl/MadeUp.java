package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.SamplingRule;
import dev.millrace.gpu.generate.batch.TokenMask;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Logits and rules as tests of sampling make them up. */
final class MadeUp {

    static final int VOCABULARY = 3000;

    private MadeUp() {}

    static SamplingRule rule(long seed, double temperature, int topK, double topP, double minP) {
        return new SamplingRule(seed, temperature, topK, topP, minP, 1, 0, 0, Map.of(), 0, -1);
    }

    static Row row(SamplingRule rule) {
        return chooser(rule, null).next();
    }

    static Chooser chooser(SamplingRule rule, @Nullable TokenMask mask, int... prompt) {
        return new Chooser(rule, 0, prompt, Set.of(0), mask, VOCABULARY);
    }

    static float[] noisy(long seed) {
        Random random = new Random(seed);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) random.nextGaussian() * 2;
        }
        return logits;
    }

    /** Token i has probability proportional to weights[i], all others next to none. */
    static float[] peaked(double... weights) {
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = i < weights.length ? (float) Math.log(weights[i]) : -60;
        }
        return logits;
    }
}
