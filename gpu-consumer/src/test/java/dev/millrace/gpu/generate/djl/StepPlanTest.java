package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.Span.Output;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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
    void aFrameIsFilledUpWithTheLastSequence() {
        StepPlan.Framed framed = StepPlan.packInto(new FrameShape(4, 8, true, null), step(SHORT, LONG), ENGINE);
        long[] counts = framed.body().counts();
        assertThat(Arrays.copyOf(counts, StepPlan.HEAD)).containsExactly(4, 4, 4, BLOCK, 0, 0, 0, 0, 0, 4, 32, 0, 0, 0);
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
        assertAlike(new FrameShape(4, 8, true, null), step(SHORT, LONG), step(LONG, SHORT, SHORT));
        assertAlike(new FrameShape(4, 8, false, null), step(SHORT, LONG), step(LONG, SHORT, SHORT));
        Step behind = step(BEHIND, BEHIND_TOO, BEHIND);
        Step mixed = step(SHORT, BEHIND_TOO, BEHIND, LONG);
        assertAlike(new FrameShape(4, 8, true, new Begun(4, 1, 8)), behind, mixed);
        assertAlike(new FrameShape(4, 8, true, new Begun(3, 4, 8)), behind, mixed);
    }

    private static void assertAlike(FrameShape shape, Step first, Step second) {
        StepPlan.Packed one = StepPlan.packInto(shape, first, ENGINE).body();
        StepPlan.Packed other = StepPlan.packInto(shape, second, ENGINE).body();
        assertThat(one.counts()).isEqualTo(other.counts());
        assertThat(one.ints()).hasSameSizeAs(other.ints());
    }

    private static final Span BEHIND = decoding(7, 15, 40, 41, 42, 30);
    private static final Span BEHIND_TOO = decoding(8, 14, 40, 41, 42, 33);

    /** Each of few queries reads its beginning by itself, of many all that share it at once. */
    @Test
    void whatContextsBeginWithIsReadApart() {
        StepPlan.Packed few = StepPlan.pack(step(SHORT, BEHIND, BEHIND_TOO), ENGINE, Attending.IN_PLACE);
        assertThat(Arrays.copyOfRange(few.counts(), 9, StepPlan.HEAD))
                .as("in place, longest; beginnings, longest, queries of each")
                .containsExactly(3, 8, 3, 12, 1);
        assertThat(Arrays.copyOfRange(few.ints(), 12, few.ints().length))
                .containsExactly(join(
                        new int[] {30 * BLOCK, 33 * BLOCK, 10 * BLOCK, 0, 3, 2, 5},
                        new int[] {0, 1, 2, 3, 40 * BLOCK, 40 * BLOCK, 10 * BLOCK, 0, 12, 12, 0},
                        new int[] {1, 1, 0}));

        Span[] spans = IntStream.range(0, 12)
                .mapToObj(i -> i == 0 ? SHORT : decoding(i, 13, 40, 41, 42, 20 + i))
                .toArray(Span[]::new);
        StepPlan.Packed many = StepPlan.pack(step(spans), ENGINE, Attending.IN_PLACE);
        assertThat(Arrays.copyOfRange(many.counts(), 9, StepPlan.HEAD)).containsExactly(12, 8, 2, 12, 12);
        int[] ints = many.ints();
        assertThat(Arrays.copyOfRange(ints, ints.length - 20, ints.length))
                .as("all but the last of the queries read the first beginning, that one none")
                .containsExactly(0, 11, 12, 40 * BLOCK, 10 * BLOCK, 0, 12, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0);
    }

    @Test
    void whereEachAttendsByItselfTheirBeginningIsReadOnce() {
        StepPlan.Packed packed = StepPlan.pack(step(SHORT, BEHIND, APART, BEHIND_TOO), ENGINE, Attending.ALONE);
        long[] counts = packed.counts();
        assertThat(Arrays.copyOfRange(counts, 7, StepPlan.HEAD)).containsExactly(3, 0, 0, 0, 1, 0, 0);
        int spans = StepPlan.HEAD;
        assertThat(Arrays.copyOfRange(counts, spans + 8, spans + 16))
                .as("how much is read for all, and where the rest lies")
                .containsExactly(12, 12, 0, 0, 30 * BLOCK, 33 * BLOCK, 10 * BLOCK, -1);
        assertThat(Arrays.copyOfRange(counts, spans + 20, counts.length))
                .as("how many read it, how long it is, where it lies")
                .containsExactly(2, 12, 40 * BLOCK, 3);
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private static Step step(Span... spans) {
        return new Step(List.of(spans), Draw.greedy());
    }

    private static Span decoding(int token, int end, int... blocks) {
        return new Span(new int[] {token}, end - 1, blocks, Output.DRAW);
    }
}
