package dev.millrace.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dsimulation.seed=N} repeats one walk, {@code -Dsimulation.runs=N} takes more of them. */
class SimulationTest {

    private static final int ENOUGH_TO_NOTICE = 2000;
    private static final int ENOUGH_FOR_A_SHARE = 300;

    /** Without one of the ways in which work is found to be lost and given again, it is less. */
    private static final int FINISHED_PERCENT = 70;

    @Test
    void whateverHappensEveryRequestEndsOnceAndIsSettledAsItCounts() {
        Long seed = Long.getLong("simulation.seed");
        int runs = seed == null ? Integer.getInteger("simulation.runs", 400) : 1;
        long first = seed == null ? 0 : seed;
        long steps = 0;
        long ends = 0;
        long finished = 0;
        for (long at = first; at < first + runs; at++) {
            Simulation walk = walk(at);
            steps += walk.steps;
            ends += walk.ends;
            finished += walk.finished;
        }
        assertThat(steps).isGreaterThanOrEqualTo(500L * runs);
        if (runs >= ENOUGH_FOR_A_SHARE) {
            assertThat(finished * 100 / ends)
                    .as("percent that finished, although everything went wrong; the others were given up")
                    .isGreaterThanOrEqualTo(FINISHED_PERCENT);
        }
    }

    private static Simulation walk(long seed) {
        Simulation simulation = new Simulation(seed, Mistake.NONE);
        try {
            simulation.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", repeat with -Dsimulation.seed=" + seed, e);
        }
        return simulation;
    }

    @ParameterizedTest
    @EnumSource(value = Mistake.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Mistake mistake) {
        for (long seed = 0; seed < ENOUGH_TO_NOTICE; seed++) {
            try {
                new Simulation(seed, mistake).run();
            } catch (AssertionError e) {
                return;
            }
        }
        throw new AssertionError(mistake + " was not noticed");
    }
}
