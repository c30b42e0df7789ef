package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.Span.Output;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepPlanTest {

    private static final int BLOCK = 4;
    private static final EngineShape ENGINE = new EngineShape(100, 100, 8, 400, BLOCK, 50, 1, 1, 1);

    private static final Span SHORT = decoding(3, 5, 10, 11);
    private static final Span APART = decoding(4, 9, 20, 30, 22);
    private static final Span LONG = decoding(6, 11, 40, 41, 42);

    @Test
    void thoseThatLieTogetherAttendWhereTheyLieAndTheOthersInGroups() {
        StepPlan.Packed packed = StepPlan.pack(step(SHORT, APART, LONG), ENGINE, Attending.IN_PLACE);
        long[] counts = packed.counts();
        assertThat(counts[8]).as("groups").isEqualTo(1);
        assertThat(counts[9]).as("in place").isEqualTo(2);
        assertThat(counts[10]).as("longest of these").isEqualTo(12);
        int[] ints = packed.ints();
        assertThat(Arrays.copyOf(ints, 3)).as("tokens").containsExactly(6, 3, 4);
        assertThat(Arrays.copyOfRange(ints, 9, 12))
                .as("rows in the caller's order")
                .containsExactly(1, 2, 0);
        assertThat(Arrays.copyOfRange(ints, 12, 17))
                .as("where contexts begin, and how long they are")
                .containsExactly(40 * BLOCK, 10 * BLOCK, 0, 11, 5);
        assertThat(Arrays.copyOfRange(ints, 17, ints.length)).as("the group").containsExactly(9, 20, 30, 22);
    }

    @Test
    void aFrameIsFilledUpWithTheFirstSequence() {
        StepPlan.Framed framed = StepPlan.packInto(new FrameShape(4, 8, true), step(SHORT, LONG), ENGINE);
        long[] counts = framed.body().counts();
        assertThat(Arrays.copyOf(counts, StepPlan.HEAD)).containsExactly(4, 4, 4, BLOCK, 0, 0, 0, 0, 0, 4, 32);
        int[] ints = framed.body().ints();
        assertThat(ints).hasSize(3 * 4 + 4 + 1 + 4);
        assertThat(Arrays.copyOfRange(ints, 12, 17)).containsExactly(40 * BLOCK, 40, 40, 40, 0);
        assertThat(Arrays.copyOfRange(ints, 17, 21)).containsExactly(11, 5, 5, 5);
        assertThat(framed.rows().counts()).containsExactly(2, 0, 0);
        assertThat(framed.rows().ints()).hasSize(2);
        assertThat(ints[framed.rows().ints()[0]]).as("the first one's token").isEqualTo(3);
        assertThat(ints[framed.rows().ints()[1]]).as("the second one's token").isEqualTo(6);
    }

    /** What a frame was recorded with is true of all that it is filled with later. */
    @Test
    void theCountsOfAFrameAreThoseOfItsShape() {
        for (FrameShape shape : List.of(new FrameShape(4, 8, true), new FrameShape(4, 8, false))) {
            StepPlan.Packed one =
                    StepPlan.packInto(shape, step(SHORT, LONG), ENGINE).body();
            StepPlan.Packed other =
                    StepPlan.packInto(shape, step(LONG, SHORT, SHORT), ENGINE).body();
            assertThat(one.counts()).isEqualTo(other.counts());
            assertThat(one.ints()).hasSameSizeAs(other.ints());
        }
    }

    private static Step step(Span... spans) {
        return new Step(List.of(spans), Draw.greedy());
    }

    private static Span decoding(int token, int end, int... blocks) {
        return new Span(new int[] {token}, end - 1, blocks, Output.DRAW);
    }
}
