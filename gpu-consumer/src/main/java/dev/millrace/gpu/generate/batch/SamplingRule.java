package dev.millrace.gpu.generate.batch;

import java.util.Map;

/**
 * How the tokens of a request are chosen, the model's own defaults filled in.
 *
 * @param temperature 0 is greedy
 * @param topK 0 is all
 * @param alternatives how many likely tokens to tell beside each chosen one; -1 for no log probabilities at all
 * @param bias what is added to the logits of some tokens
 */
public record SamplingRule(
        long seed,
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> bias,
        int minTokens,
        int alternatives) {

    /** Below this a distribution is so sharp that dividing by it says nothing but the best token. */
    private static final double COLDEST = 1e-4;

    public SamplingRule {
        if (!(temperature >= 0) || !(topP >= 0 && topP <= 1) || !(minP >= 0 && minP <= 1) || topK < 0) {
            throw new IllegalArgumentException("temperature, topP, minP or topK is out of its range");
        }
        if (!(repetitionPenalty > 0)) {
            throw new IllegalArgumentException("repetitionPenalty must be positive");
        }
        bias = Map.copyOf(bias);
    }

    public static SamplingRule greedy() {
        return new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0, Map.of(), 0, -1);
    }

    public boolean isGreedy() {
        return temperature < COLDEST || topK == 1;
    }

    boolean penalises() {
        return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
    }
}
