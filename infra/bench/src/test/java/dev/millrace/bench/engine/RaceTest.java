package dev.millrace.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.bench.report.Verdict;
import org.junit.jupiter.api.Test;

class RaceTest {

    /** The machine was half as fast in the second round, for all of them. */
    private final Race race =
            new Race(new double[] {8, 4, 8.2}, new double[] {10, 5, 10}, new double[] {4, 2, 4.2}, "");

    @Test
    void aSlowMomentThatAllSharedChangesNoRatio() {
        assertThat(race.ofBase()).isCloseTo(0.8, within(1e-9));
        assertThat(race.against("x", 2).value()).isEqualTo(2.0);
        assertThat(race.against("x", 2).verdict()).isEqualTo(Verdict.HELD);
        assertThat(race.rate()).isEqualTo(8);
    }

    @Test
    void whoDidNotRunIsNotCompared() {
        Race alone = new Race(new double[] {8}, new double[] {10}, new double[0], "no peer");

        assertThat(alone.against("x", 2).verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(alone.against("x", 2).basis()).isEqualTo("no peer");
        assertThat(alone.ofBase()).isEqualTo(0.8);
    }
}
