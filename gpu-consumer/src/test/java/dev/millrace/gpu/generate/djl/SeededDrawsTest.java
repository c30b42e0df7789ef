package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.MadeUp.VOCABULARY;
import static dev.millrace.gpu.generate.djl.MadeUp.chooser;
import static dev.millrace.gpu.generate.djl.MadeUp.noisy;
import static dev.millrace.gpu.generate.djl.MadeUp.row;
import static dev.millrace.gpu.generate.djl.MadeUp.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.SamplingRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is drawn is a function of the logits, the rule and the place, and of nothing else. */
class SeededDrawsTest {

    @AutoClose
    private static final SamplerProbe PROBE = new SamplerProbe(VOCABULARY);

    @Test
    void greedyTakesTheBest() {
        float[] logits = noisy(1);
        logits[77] = 50;
        assertThat(PROBE.draw(new float[][] {logits}, List.of(row(SamplingRule.greedy()))))
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
        assertThat(PROBE.draw(
                        new float[][] {equal, last, last},
                        List.of(row(SamplingRule.greedy()), row(SamplingRule.greedy()), row(rule(3, 1, 20, 1, 0)))))
                .extracting(Chosen::token)
                .containsExactly(700, VOCABULARY - 1, VOCABULARY - 1);
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
            alone.add(PROBE.draw(new float[][] {logits.get(i)}, List.of(rows.get(i)))
                    .get(0)
                    .token());
        }
        for (int round = 0; round < 5; round++) {
            List<Integer> order = new ArrayList<>(IntStream.range(0, 60).boxed().toList());
            Collections.shuffle(order, random);
            List<Integer> part = order.subList(0, 5 + random.nextInt(55));
            List<Chosen> together = PROBE.draw(
                    part.stream().map(logits::get).toArray(float[][]::new),
                    part.stream().map(rows::get).toList());
            for (int i = 0; i < part.size(); i++) {
                assertThat(together.get(i).token()).isEqualTo(alone.get(part.get(i)));
            }
        }
    }

    @Test
    void whatIsNoNumberIsNoToken() {
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] some = noisy(4);
            some[2000] = broken;
            float[] all = new float[VOCABULARY];
            Arrays.fill(all, broken);
            for (SamplingRule rule : List.of(
                    SamplingRule.greedy(),
                    new SamplingRule(1, 0, 0, 1, 0, 1.1, 0, 0, Map.of(), 0, 3),
                    rule(1, 1, 0, 1, 0),
                    rule(1, 1, 0, 0.9, 0),
                    rule(1, 1, 20, 1, 0),
                    rule(1, 1, 900, 1, 0.1),
                    rule(1, 1, 2000, 1, 0))) {
                for (float[] logits : new float[][] {some, all}) {
                    assertThatThrownBy(() -> PROBE.draw(
                                    new float[][] {noisy(5), logits}, List.of(row(SamplingRule.greedy()), row(rule))))
                            .as("%s of %s", broken, rule)
                            .hasMessageContaining("no numbers");
                }
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
                tokens.add(PROBE.draw(new float[][] {flat}, List.of(chooser.next()))
                        .get(0)
                        .token());
                chooser.advance(1);
            }
        }
        assertThat(tokens).hasSizeGreaterThan(35);
    }
}
