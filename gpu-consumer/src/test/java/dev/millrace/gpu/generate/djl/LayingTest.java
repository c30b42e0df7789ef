package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LayingTest {

    private static final int MATRICES = 3;

    private final List<String> moves = new ArrayList<>();
    private long lie;

    private final Laying laying = new Laying(MATRICES, where -> {
        moves.add(where);
        lie += where.equals("to_columns") ? 1 : -1;
        return lie;
    });

    private static void step(Laying laying, int streams, int times) {
        List<Span> spans = IntStream.range(0, streams)
                .mapToObj(stream -> new Span(new int[] {1}, 5, new int[] {stream}, Span.Output.DRAW))
                .toList();
        for (int i = 0; i < times; i++) {
            laying.before(new Step(spans, Draw.greedy()));
        }
    }

    @Test
    void oneMoveAStepUntilAllLieAsTheyShould() {
        step(laying, 1, 8);
        assertThat(laying.inColumns()).isEqualTo(1);
        step(laying, 2, 10);
        assertThat(moves).hasSize(MATRICES).containsOnly("to_columns");
        step(laying, 3, 17);
        assertThat(laying.inColumns()).isEqualTo(1);
        step(laying, 5, 10);
        assertThat(laying.inColumns()).isZero();
        assertThat(moves).hasSize(2 * MATRICES);
    }

    @Test
    void manyStreamsGetTheirLayoutInFewerSteps() {
        step(laying, 1, 8 + MATRICES);
        step(laying, 9, 7);
        assertThat(laying.inColumns()).isEqualTo(MATRICES);
        step(laying, 9, 1);
        assertThat(laying.inColumns()).isEqualTo(1);
        step(laying, 9, 1);
        assertThat(laying.inColumns()).isZero();
        assertThat(moves).hasSize(2 * MATRICES);
    }

    @Test
    void whereNothingCanMoveNothingIsAskedFor() {
        Laying none = new Laying(0, where -> {
            throw new AssertionError(where);
        });
        step(none, 1, 20);
        step(none, 4, 40);
        assertThat(none.inColumns()).isZero();
    }

    /** Else whoever is alone would lose each answer to what was to make it quicker. */
    @Test
    void aMoveThatFailsCostsNoStepAndIsNotTriedAgain() {
        List<String> tried = new ArrayList<>();
        Laying failing = new Laying(MATRICES, where -> {
            tried.add(where);
            if (tried.size() == 2) {
                throw new IllegalStateException("no memory");
            }
            return 1;
        });
        step(failing, 1, 20);
        step(failing, 4, 40);
        assertThat(tried).hasSize(2);
        assertThat(failing.inColumns()).isEqualTo(1);
    }
}
