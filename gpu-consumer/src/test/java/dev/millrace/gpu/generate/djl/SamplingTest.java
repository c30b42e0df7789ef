package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.MadeUp.VOCABULARY;
import static dev.millrace.gpu.generate.djl.MadeUp.peaked;
import static dev.millrace.gpu.generate.djl.MadeUp.row;
import static dev.millrace.gpu.generate.djl.MadeUp.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.SamplingRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** How often each token is drawn. */
class SamplingTest {

    @AutoClose
    private static final SamplerProbe PROBE = new SamplerProbe(VOCABULARY);

    private static double[] frequencies(float[] logits, int draws, SamplingRule like) {
        double[] frequencies = new double[VOCABULARY];
        for (int from = 0; from < draws; from += 200) {
            float[][] batch = new float[200][];
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                batch[i] = logits;
                rows.add(row(rule(from + i, like.temperature(), like.topK(), like.topP(), like.minP())));
            }
            PROBE.draw(batch, rows).forEach(chosen -> frequencies[chosen.token()] += 1.0 / draws);
        }
        return frequencies;
    }

    /** Most of the mass lies beyond the few best: those that are looked at one by one only if they win together. */
    @Test
    void whatIsUnlikelyIsDrawnAsOftenAsItShould() {
        float[] slope = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            slope[i] = -i / 800f;
        }
        int all = Math.round(-800 * (float) Math.log(0.2));
        for (double minP : new double[] {0, 0.2}) {
            int kept = minP == 0 ? VOCABULARY : all + 1;
            double[] seen = frequencies(slope, 6000, rule(0, 1, 0, 1, minP));
            double whole = 1 - Math.exp(-kept / 800.0);
            for (int from = 0; from < VOCABULARY; from += 250) {
                double share = Arrays.stream(seen, from, from + 250).sum();
                int to = Math.min(kept, from + 250);
                double expected = from >= kept ? 0 : (Math.exp(-from / 800.0) - Math.exp(-to / 800.0)) / whole;
                double deviation = Math.sqrt(expected * (1 - expected) / 6000);
                assertThat(share).as("tokens from %d", from).isCloseTo(expected, within(4.5 * deviation + 1e-9));
            }
        }
    }

    @Test
    void drawsFollowTheDistributionWhateverTheWay() {
        float[] logits = peaked(0.5, 0.3, 0.15, 0.05);
        for (SamplingRule like :
                List.of(rule(0, 1, 0, 1, 0), rule(0, 1, 4, 1, 0), rule(0, 1, 0, 0.9999, 0), rule(0, 1, 500, 1, 0))) {
            double[] seen = frequencies(logits, 8000, like);
            assertThat(seen[0]).isCloseTo(0.5, within(0.025));
            assertThat(seen[1]).isCloseTo(0.3, within(0.025));
            assertThat(seen[2]).isCloseTo(0.15, within(0.02));
            assertThat(seen[3]).isCloseTo(0.05, within(0.012));
        }
    }

    @Test
    void temperatureSharpens() {
        double[] seen = frequencies(peaked(0.6, 0.4), 8000, rule(0, 0.5, 0, 1, 0));
        assertThat(seen[0]).isCloseTo(0.36 / 0.52, within(0.025));
    }

    @Test
    void topKTopPAndMinPCutTheTail() {
        float[] logits = peaked(0.5, 0.3, 0.15, 0.05);
        assertThat(drawn(logits, rule(0, 1, 2, 1, 0))).containsExactlyInAnyOrder(0, 1);
        assertThat(drawn(logits, rule(0, 1, 0, 0.7, 0))).containsExactlyInAnyOrder(0, 1);
        assertThat(drawn(logits, rule(0, 1, 0, 0.49, 0))).containsExactlyInAnyOrder(0);
        assertThat(drawn(logits, rule(0, 1, 0, 0.0, 0))).containsExactlyInAnyOrder(0);
        assertThat(drawn(logits, rule(0, 1, 0, 1, 0.2))).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(drawn(logits, rule(0, 1, 3, 0.8, 0))).containsExactlyInAnyOrder(0, 1);
        assertThat(drawn(logits, rule(0, 1, 1, 1, 0))).containsExactlyInAnyOrder(0);
    }

    private static Set<Integer> drawn(float[] logits, SamplingRule like) {
        double[] seen = frequencies(logits, 1000, like);
        Set<Integer> tokens = new HashSet<>();
        IntStream.range(0, VOCABULARY).filter(i -> seen[i] > 0).forEach(tokens::add);
        return tokens;
    }

    @Test
    void aNucleusWiderThanTheShortSortIsStillExact() {
        float[] flat = new float[VOCABULARY];
        Set<Integer> tokens = drawn(flat, rule(0, 1, 0, 0.9, 0));
        assertThat(tokens).as("equal logits are kept or dropped together").hasSizeGreaterThan(700);
        float[] sloped = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            sloped[i] = -i / 5000f;
        }
        int last = Collections.max(drawn(sloped, rule(0, 1, 0, 0.9, 0)));
        double mass = 0.9 * (1 - Math.exp(-VOCABULARY / 5000.0));
        assertThat(last).isBetween(2300, (int) Math.ceil(-5000 * Math.log(1 - mass)));
    }

    /** More than can be sorted for every token. */
    @Test
    void aTopKOfTensOfThousandsIsExact() {
        int vocabulary = 40_000;
        int kept = 20_000;
        float[] slope = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            slope[(int) (i * 7919L % vocabulary)] = -i / 20_000f;
        }
        int[] rank = new int[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            rank[(int) (i * 7919L % vocabulary)] = i;
        }
        try (SamplerProbe large = new SamplerProbe(vocabulary)) {
            List<Integer> ranks = new ArrayList<>();
            for (int from = 0; from < 1000; from += 50) {
                List<Row> rows = IntStream.range(from, from + 50)
                        .mapToObj(seed -> row(rule(seed, 1, kept, 1, 0)))
                        .toList();
                large.draw(Collections.nCopies(50, slope).toArray(float[][]::new), rows)
                        .forEach(chosen -> ranks.add(rank[chosen.token()]));
            }
            assertThat(ranks).allMatch(each -> each < kept);
            double whole = 1 - Math.exp(-1);
            for (int from = 0; from < kept; from += 4000) {
                int first = from;
                double share = ranks.stream()
                                .filter(each -> each >= first && each < first + 4000)
                                .count()
                        / 1000.0;
                double expected = (Math.exp(-from / 20_000.0) - Math.exp(-(from + 4000) / 20_000.0)) / whole;
                double deviation = Math.sqrt(expected * (1 - expected) / 1000);
                assertThat(share).as("ranks from %d", from).isCloseTo(expected, within(4.5 * deviation));
            }
            for (int seed = 0; seed < 20; seed++) {
                float[][] logits = {slope, slope, slope};
                List<Chosen> drawn = large.draw(
                        logits,
                        List.of(
                                row(rule(seed, 1, vocabulary, 0.5, 0)),
                                row(rule(seed, 1, 0, 0.5, 0)),
                                row(rule(seed, 1, kept, 0.5, 0))));
                assertThat(drawn.get(0).token())
                        .as("as if none were cut")
                        .isEqualTo(drawn.get(1).token());
                double held = 1 - Math.exp(-rank[drawn.get(2).token()] / 20_000.0);
                assertThat(held / whole).as("half of what is left").isLessThanOrEqualTo(0.5001);
            }
        }
    }
}
