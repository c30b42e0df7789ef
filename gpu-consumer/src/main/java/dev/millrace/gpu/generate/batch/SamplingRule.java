package dev.millrace.gpu.generate.batch;

import dev.millrace.event.Sampling;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /** What a request wants, and where it does not say what the model's makers would have. */
    public static SamplingRule of(Sampling wanted, GenerationDefaults model) {
        try {
            return new SamplingRule(
                    wanted.getSeed(),
                    first(wanted.getTemperature(), model.sample() ? model.temperature() : Double.valueOf(0), 1.0),
                    first(wanted.getTopK(), model.topK(), 0),
                    first(wanted.getTopP(), model.topP(), 1.0),
                    first(wanted.getMinP(), model.minP(), 0.0),
                    first(wanted.getRepetitionPenalty(), model.repetitionPenalty(), 1.0),
                    wanted.getPresencePenalty(),
                    wanted.getFrequencyPenalty(),
                    bias(wanted.getLogitBias()),
                    wanted.getMinTokens(),
                    wanted.getLogprobs() ? wanted.getTopLogprobs() : -1);
        } catch (NumberFormatException e) {
            throw Refused.invalid("logit_bias must map token ids to numbers.", "logit_bias");
        } catch (IllegalArgumentException e) {
            throw Refused.invalid(String.valueOf(e.getMessage()), "temperature");
        }
    }

    private static Map<Integer, Double> bias(Map<String, Double> wanted) {
        Map<Integer, Double> bias = new HashMap<>();
        wanted.forEach((token, value) -> bias.put(Integer.valueOf(token), value));
        return bias;
    }

    private static <T> T first(@Nullable T asked, @Nullable T ofModel, T otherwise) {
        return asked != null ? asked : ofModel != null ? ofModel : otherwise;
    }

    public boolean isGreedy() {
        return temperature < COLDEST || topK == 1;
    }

    boolean penalises() {
        return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
    }
}
