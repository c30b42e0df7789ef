package dev.millrace.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatesTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void aSingleStreamsFirstTokenOnlyStartsTheClock() {
        assertThat(Rates.steady(List.of(new long[] {5 * SECOND, 6 * SECOND, 7 * SECOND})))
                .isEqualTo(1.0);
    }

    @Test
    void onlyTheTimeInWhichAllWriteCounts() {
        long[] early = {0, SECOND, 2 * SECOND, 3 * SECOND};
        long[] late = {SECOND, 2 * SECOND, 3 * SECOND, 4 * SECOND};

        assertThat(Rates.steady(List.of(early, late))).isEqualTo(2.0);
    }

    @Test
    void streamsThatNeverWriteTogetherHaveNoRate() {
        assertThatThrownBy(() -> Rates.steady(List.of(new long[] {0, 1}, new long[] {2, 3})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMiddleCounts() {
        assertThat(Rates.median(9, 1, 2)).isEqualTo(2);
        assertThat(Rates.median(4, 1, 2, 9)).isEqualTo(3);
    }
}
