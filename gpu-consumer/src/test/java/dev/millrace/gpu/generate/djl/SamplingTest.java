package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.SamplingRule;
import dev.millrace.gpu.generate.batch.TokenMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SamplingTest {

    private static final int VOCABULARY = 3000;
    private static SamplerProbe probe;

    @BeforeAll
    static void open() throws Exception {
        probe = new SamplerProbe(VOCABULARY);
    }

    @AfterAll
    static void close() {
        probe.close();
    }

    private static SamplingRule rule(long seed, double temperature, int topK, double topP, double minP) {
        return new SamplingRule(seed, temperature, topK, topP, minP, 1, 0, 0, Map.of(), 0, -1);
    }

    private static Row row(SamplingRule rule) {
        return chooser(rule, null).next();
    }

    private static Chooser chooser(SamplingRule rule, @Nullable TokenMask mask, int... prompt) {
        return new Chooser(rule, 0, prompt, Set.of(0), mask, VOCABULARY);
    }

    private static float[] noisy(long seed) {
        Random random = new Random(seed);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) random.nextGaussian() * 2;
        }
        return logits;
    }

    /** Token i has probability proportional to weights[i], all others next to none. */
    private static float[] peaked(double... weights) {
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = i < weights.length ? (float) Math.log(weights[i]) : -60;
        }
        return logits;
    }

    private static double[] frequencies(float[] logits, int draws, SamplingRule like) {
        double[] frequencies = new double[VOCABULARY];
        for (int from = 0; from < draws; from += 200) {
            float[][] batch = new float[200][];
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                batch[i] = logits;
                rows.add(row(rule(from + i, like.temperature(), like.topK(), like.topP(), like.minP())));
            }
            probe.draw(batch, rows).forEach(chosen -> frequencies[chosen.token()] += 1.0 / draws);
        }
        return frequencies;
    }

    @Test
    void greedyTakesTheBest() {
        float[] logits = noisy(1);
        logits[77] = 50;
        assertThat(probe.draw(new float[][] {logits}, List.of(row(SamplingRule.greedy()))))
                .extracting(Chosen::token)
                .containsExactly(77);
    }

    @Test
    void ofEqualOnesTheFirstIsTakenAndTheLastTokenIsNotForgotten() {
        float[] equal = new float[VOCABULARY];
        equal[2300] = 4;
        equal[700] = 4;
        equal[2999] = 4;
        float[] last = noisy(2);
        last[VOCABULARY - 1] = 50;
        assertThat(probe.draw(
                        new float[][] {equal, last, last},
                        List.of(row(SamplingRule.greedy()), row(SamplingRule.greedy()), row(rule(3, 1, 20, 1, 0)))))
                .extracting(Chosen::token)
                .containsExactly(700, VOCABULARY - 1, VOCABULARY - 1);
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
        assertThat(drawn(logits, rule(0, 1, 0, 0.5, 0))).containsExactlyInAnyOrder(0);
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
    void aTopKOfTensOfThousandsIsExact() throws Exception {
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

    @Test
    void theSameSeedDrawsTheSameWhateverIsBeside() {
        Random random = new Random(5);
        List<float[]> logits = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        List<Integer> alone = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            logits.add(noisy(i));
            SamplingRule rule = new SamplingRule(
                    i,
                    random.nextInt(4) == 0 ? 0 : 0.5 + random.nextDouble(),
                    new int[] {0, 1, 20, 200, 2000}[random.nextInt(5)],
                    random.nextBoolean() ? 1 : 0.3 + 0.69 * random.nextDouble(),
                    random.nextBoolean() ? 0 : 0.05,
                    random.nextBoolean() ? 1 : 1.2,
                    random.nextBoolean() ? 0 : 0.5,
                    0,
                    random.nextBoolean() ? Map.of() : Map.of(random.nextInt(VOCABULARY), 3.0),
                    random.nextInt(2),
                    random.nextInt(4) - 1);
            rows.add(chooser(rule, null, 1, 2, 3).next());
            alone.add(probe.draw(new float[][] {logits.get(i)}, List.of(rows.get(i)))
                    .get(0)
                    .token());
        }
        for (int round = 0; round < 5; round++) {
            List<Integer> order = new ArrayList<>(IntStream.range(0, 60).boxed().toList());
            Collections.shuffle(order, random);
            List<Integer> part = order.subList(0, 5 + random.nextInt(55));
            List<Chosen> together = probe.draw(
                    part.stream().map(logits::get).toArray(float[][]::new),
                    part.stream().map(rows::get).toList());
            for (int i = 0; i < part.size(); i++) {
                assertThat(together.get(i).token()).isEqualTo(alone.get(part.get(i)));
            }
        }
    }

    @Test
    void choicesAndPositionsHaveNoiseOfTheirOwn() {
        float[] flat = new float[VOCABULARY];
        SamplingRule rule = rule(7, 1, 0, 1, 0);
        Set<Integer> tokens = new HashSet<>();
        for (int choice = 0; choice < 4; choice++) {
            Chooser chooser = new Chooser(rule, choice, new int[0], Set.of(), null, VOCABULARY);
            for (int position = 0; position < 10; position++) {
                tokens.add(probe.draw(new float[][] {flat}, List.of(chooser.next()))
                        .get(0)
                        .token());
                chooser.advance(1);
            }
        }
        assertThat(tokens).hasSizeGreaterThan(35);
    }

    @Test
    void penaltiesAndBiasMoveLogits() {
        float[] logits = new float[VOCABULARY];
        logits[5] = 3;
        logits[6] = 2.5f;
        logits[7] = 2;
        SamplingRule frequency = new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0.3, Map.of(), 0, -1);
        Chooser chooser = chooser(frequency, null, 5);
        assertThat(best(logits, chooser)).as("the prompt does not count").isEqualTo(5);
        chooser.advance(5);
        chooser.advance(5);
        assertThat(best(logits, chooser)).isEqualTo(6);
        SamplingRule presence = new SamplingRule(0, 0, 0, 1, 0, 1, 0.6, 0, Map.of(), 0, -1);
        Chooser present = chooser(presence, null);
        present.advance(5);
        assertThat(best(logits, present)).isEqualTo(6);
        SamplingRule repetition = new SamplingRule(0, 0, 0, 1, 0, 1.6, 0, 0, Map.of(), 0, -1);
        assertThat(best(logits, chooser(repetition, null, 5, 6))).isEqualTo(7);
        SamplingRule biased = new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0, Map.of(7, 2.0, 5, -100.0, 9999, 5.0), 0, -1);
        assertThat(best(logits, chooser(biased, null))).isEqualTo(7);
    }

    @Test
    void endTokensWaitForTheLeastNumberOfTokens() {
        float[] logits = new float[VOCABULARY];
        logits[0] = 9;
        logits[8] = 1;
        SamplingRule rule = new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0, Map.of(), 2, -1);
        Chooser chooser = chooser(rule, null);
        assertThat(best(logits, chooser)).isEqualTo(8);
        chooser.advance(8);
        chooser.advance(8);
        assertThat(best(logits, chooser)).isZero();
    }

    private static int best(float[] logits, Chooser chooser) {
        return probe.draw(new float[][] {logits}, List.of(chooser.next()))
                .get(0)
                .token();
    }

    @Test
    void aMaskLeavesOnlyWhatItAllows() {
        BitSet allowed = new BitSet();
        allowed.set(3);
        allowed.set(40);
        allowed.set(2999);
        TokenMask mask = new TokenMask() {
            @Override
            public BitSet allowed() {
                return allowed;
            }

            @Override
            public void advance(int token) {}
        };
        Set<Integer> seen = new HashSet<>();
        for (int seed = 0; seed < 60; seed++) {
            Row masked = chooser(rule(seed, 1, 0, 1, 0), mask).next();
            Row free = row(rule(seed, 1, 0, 1, 0));
            float[] flat = new float[VOCABULARY];
            seen.add(probe.draw(new float[][] {flat, flat}, List.of(free, masked))
                    .get(1)
                    .token());
        }
        assertThat(seen).containsExactlyInAnyOrder(3, 40, 2999);
    }

    @Test
    void logprobsAreThoseOfTheModelItself() {
        float[] logits = peaked(0.5, 0.3, 0.15, 0.05);
        SamplingRule three = new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0, Map.of(1, 9.0), 0, 3);
        SamplingRule none = new SamplingRule(0, 0, 0, 1, 0, 1, 0, 0, Map.of(), 0, 0);
        List<Chosen> chosen = probe.draw(
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
        Chosen chosen = probe.draw(new float[][] {logits}, List.of(row(twenty))).get(0);
        assertThat(Arrays.stream(chosen.top()).boxed()).isEqualTo(expected);
        for (int i = 0; i < 20; i++) {
            assertThat((double) chosen.topLogprobs()[i]).isCloseTo(logits[expected.get(i)] - whole, within(1e-4));
        }
        assertThat((double) chosen.logprob()).isCloseTo(logits[chosen.token()] - whole, within(1e-4));
    }

    @Test
    void whatWasPenalisedStaysSoAndAllCountsAreTheChoicesOwn() {
        float[] logits = new float[VOCABULARY];
        logits[5] = 3;
        SamplingRule rule = new SamplingRule(0, 0, 0, 1, 0, 1.5, 0.25, 0.5, Map.of(5, 0.125), 0, -1);
        Chooser chooser = chooser(rule, null, 5, 6, 6, VOCABULARY + 9);
        assertThat(edit(chooser.next(), 5)).containsExactly(1.5f, 0.125f);
        assertThat(edit(chooser.next(), 6)).containsExactly(1.5f, 0);
        for (int times = 1; times < 40; times++) {
            chooser.advance(5);
            chooser.advance(100 + times);
            assertThat(edit(chooser.next(), 5)).containsExactly(1.5f, 0.125f - 0.25f - 0.5f * times);
            assertThat(edit(chooser.next(), 100 + times)).containsExactly(1.5f, -0.75f);
        }
        assertThat(chooser.next().edited()).doesNotHaveDuplicates().hasSize(41);
    }

    private static float[] edit(Row row, int token) {
        for (int i = 0; i < row.edited().length; i++) {
            if (row.edited()[i] == token) {
                return new float[] {row.divide()[i], row.add()[i]};
            }
        }
        throw new AssertionError("nothing changes " + token);
    }
}
