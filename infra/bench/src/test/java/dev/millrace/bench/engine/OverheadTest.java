package dev.millrace.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.bench.engine.Overhead.Round;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverheadTest {

    private static final double LAYER = 1.5;
    private static final double HEAD = 7;
    private static final double REST = 0.4;
    private static final int LAYERS = 28;

    /** A step of n layers takes rest + n layers + head, each slower by as much. */
    private static Round round(double slowness, double rest) {
        return new Round(
                slowness * (rest + LAYER + HEAD), slowness * (rest + LAYERS * LAYER + HEAD), slowness * HEAD, LAYERS);
    }

    @Test
    void whatIsNeitherLayerNorHeadIsFound() {
        assertThat(round(1, REST).rest()).isCloseTo(REST, within(1e-9));
    }

    @Test
    void aMomentInWhichAllIsSlowChangesNoShare() {
        assertThat(round(2.4, REST).share()).isCloseTo(round(1, REST).share(), within(1e-9));
    }

    @Test
    void theMiddleRoundCounts() {
        Round torn = new Round(12 * HEAD, 13 * HEAD, HEAD, LAYERS);
        Round middle = round(2, REST);

        assertThat(Round.middle(List.of(torn, middle, round(1, 0)))).isEqualTo(middle);
    }
}
