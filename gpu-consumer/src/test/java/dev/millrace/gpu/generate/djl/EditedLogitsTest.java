package dev.millrace.gpu.generate.djl;

import static dev.millrace.gpu.generate.djl.MadeUp.VOCABULARY;
import static dev.millrace.gpu.generate.djl.MadeUp.chooser;
import static dev.millrace.gpu.generate.djl.MadeUp.row;
import static dev.millrace.gpu.generate.djl.MadeUp.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.SamplingRule;
import dev.millrace.gpu.generate.batch.TokenMask;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What changes the logits before a token is drawn, and what may be drawn at all. */
class EditedLogitsTest {

    @AutoClose
    private static final SamplerProbe PROBE = new SamplerProbe(VOCABULARY);

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
            seen.add(PROBE.draw(new float[][] {flat, flat}, List.of(free, masked))
                    .get(1)
                    .token());
        }
        assertThat(seen).containsExactlyInAnyOrder(3, 40, 2999);
    }

    private static int best(float[] logits, Chooser chooser) {
        return PROBE.draw(new float[][] {logits}, List.of(chooser.next()))
                .get(0)
                .token();
    }
}
