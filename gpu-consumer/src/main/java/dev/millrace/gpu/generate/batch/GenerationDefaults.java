package dev.millrace.gpu.generate.batch;

import dev.millrace.event.Sampling;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint says of how its tokens are to be chosen, where a request says nothing.
 *
 * @param ends tokens that end an answer
 */
public record GenerationDefaults(
        Set<Integer> ends,
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Double minP,
        @Nullable Double repetitionPenalty) {

    public GenerationDefaults {
        ends = Set.copyOf(ends);
    }

    public SamplingRule rule(Sampling wanted) {
        try {
            return new SamplingRule(
                    wanted.getSeed(),
                    first(wanted.getTemperature(), temperature, 1.0),
                    first(wanted.getTopK(), topK, 0),
                    first(wanted.getTopP(), topP, 1.0),
                    first(wanted.getMinP(), minP, 0.0),
                    first(wanted.getRepetitionPenalty(), repetitionPenalty, 1.0),
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
}
