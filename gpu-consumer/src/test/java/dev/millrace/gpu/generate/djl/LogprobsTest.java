package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.MadeUp.VOCABULARY;
import static dev.millrace.gpu.generate.djl.MadeUp.chooser;
import static dev.millrace.gpu.generate.djl.MadeUp.noisy;
import static dev.millrace.gpu.generate.djl.MadeUp.peaked;
import static dev.millrace.gpu.generate.djl.MadeUp.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.SamplingRule;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** How likely the model itself held what was drawn, and what else. */
class LogprobsTest {

    @AutoClose
    private static final SamplerProbe PROBE = new SamplerProbe(VOCABULARY);

    @Test
    void logprobsAreThoseOfTheModelItself() {
        float[] logits = peaked(0.5, 0.3, 0.15, 0.05);
        SamplingRule three = new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0, Map.of(1, 9.0), 0, 3);
        SamplingRule none = new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0, Map.of(), 0, 0);
        List<Chosen> chosen = PROBE.draw(
                new float[][] {logits, logits, logits},
                List.of(row(none), chooser(three, null).next(), row(SamplingRule.greedy())));
        assertThat(chosen.get(0).logprob()).isCloseTo((float) Math.log(0.5), within(1e-4f));
        assertThat(chosen.get(0).top()).isEmpty();
        assertThat(chosen.get(1).token()).isEqualTo(1);
        assertThat(chosen.get(1).logprob()).isCloseTo((float) Math.log(0.3), within(1e-4f));
        assertThat(chosen.get(1).top()).containsExactly(0, 1, 2);
        assertThat(chosen.get(1).topLogprobs()[2]).isCloseTo((float) Math.log(0.15), within(1e-4f));
        assertThat(chosen.get(2).logprob()).isNaN();
    }

    @Test
    void alternativesAreTheLikeliestInTheirOrder() {
        float[] logits = noisy(9);
        logits[VOCABULARY - 2] = 8.5f;
        List<Integer> expected = IntStream.range(0, VOCABULARY)
                .boxed()
                .sorted(Comparator.comparing(token -> -logits[token]))
                .limit(20)
                .toList();
        double whole = Math.log(IntStream.range(0, VOCABULARY)
                .mapToDouble(token -> Math.exp(logits[token]))
                .sum());
        SamplingRule twenty = new SamplingRule(5, 1, 0, 1, 0, 1, 0, 0, Map.of(), 0, 20);
        Chosen chosen = PROBE.draw(new float[][] {logits}, List.of(row(twenty))).get(0);
        assertThat(Arrays.stream(chosen.top()).boxed()).isEqualTo(expected);
        for (int i = 0; i < 20; i++) {
            assertThat((double) chosen.topLogprobs()[i]).isCloseTo(logits[expected.get(i)] - whole, within(1e-4));
        }
        assertThat((double) chosen.logprob()).isCloseTo(logits[chosen.token()] - whole, within(1e-4));
    }
}
