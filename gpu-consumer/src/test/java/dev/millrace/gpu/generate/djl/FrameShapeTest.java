package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.Span.Output;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameShapeTest {

    private static final EngineShape ENGINE = new EngineShape(100, 100, 8, 8000, 16, 1000, 1, 1, 1);

    @Test
    void hasRoomForAFewMoreSequencesAndBlocksThanItIsMadeFor() {
        assertThat(frame(1)).isEqualTo(new FrameShape(1, 8, false, null));
        assertThat(frame(100, 120)).isEqualTo(new FrameShape(2, 8, false, null));
        assertThat(frame(130, 129, 20, 20, 20)).isEqualTo(new FrameShape(6, 12, false, null));
        assertThat(frame(193, 193, 193, 193, 193, 193, 193)).isEqualTo(new FrameShape(8, 16, false, null));
        assertThat(frame(lengths(13, 385))).isEqualTo(new FrameShape(16, 32, false, null));
    }

    @Test
    void isNotForStepsThatReadAPrompt() {
        Span prompt = new Span(new int[] {1, 2}, 0, new int[] {0}, Output.DRAW);
        Span decoding = span(20);
        assertThat(FrameShape.of(new Step(List.of(decoding, prompt), Draw.greedy()), ENGINE, Attending.GROUPED))
                .isNull();
    }

    @Test
    void isNotForStepsThatWouldBePaddingMostly() {
        int[] uneven = lengths(12, 20);
        uneven[0] = 1500;
        assertThat(frame(uneven)).isNull();
    }

    @Test
    void itsCopyIsNoLargerThanTheCache() {
        assertThat(frame(lengths(40, 512))).isNull();
        assertThat(frame(lengths(24, 512))).isEqualTo(new FrameShape(24, 32, false, null));
    }

    @Test
    void holdsWhateverLiesTogetherWhereNothingIsCopied() {
        List<Span> uneven = List.of(placed(3000, 0), placed(20, 200), placed(7, 300));
        assertThat(inPlace(uneven)).isEqualTo(new FrameShape(3, 192, true, null));
        Span apart = new Span(new int[] {1}, 32, new int[] {400, 402, 404}, Output.DRAW);
        assertThat(inPlace(List.of(placed(40, 0), apart))).isEqualTo(new FrameShape(2, 8, false, null));
        assertThat(inPlace(List.of(placed(3000, 0), placed(20, 200), apart)))
                .isEqualTo(new FrameShape(3, 192, false, null));
    }

    @Test
    void hasRoomForBeginningsThatAreReadApart() {
        assertThat(inPlace(List.of(behind(0, 300), behind(0, 400), placed(20, 200))))
                .isEqualTo(new FrameShape(3, 8, true, new Begun(3, 1, 12)));
        List<Span> many = IntStream.range(0, 30)
                .mapToObj(i -> behind(i < 10 ? 0 : 50, 300 + i))
                .toList();
        assertThat(inPlace(many)).isEqualTo(new FrameShape(32, 8, true, new Begun(3, 32, 12)));
    }

    /** Ten blocks of a beginning, then one somewhere else. */
    private static Span behind(int first, int own) {
        int[] blocks = IntStream.concat(IntStream.range(first, first + 10), IntStream.of(own))
                .toArray();
        return new Span(new int[] {1}, 165, blocks, Output.DRAW);
    }

    private static @Nullable FrameShape inPlace(List<Span> spans) {
        return FrameShape.of(new Step(spans, Draw.greedy()), ENGINE, Attending.IN_PLACE);
    }

    private static Span placed(int context, int first) {
        int[] blocks = IntStream.range(first, first + (context + 15) / 16).toArray();
        return new Span(new int[] {1}, context - 1, blocks, Output.DRAW);
    }

    private static int[] lengths(int count, int length) {
        int[] lengths = new int[count];
        Arrays.fill(lengths, length);
        return lengths;
    }

    private static @Nullable FrameShape frame(int... contexts) {
        List<Span> spans =
                Arrays.stream(contexts).mapToObj(FrameShapeTest::span).toList();
        return FrameShape.of(new Step(spans, Draw.greedy()), ENGINE, Attending.GROUPED);
    }

    private static Span span(int context) {
        return new Span(new int[] {1}, context - 1, new int[(context + 15) / 16], Output.DRAW);
    }
}
