package dev.millrace.gpu.generate.djl;

import org.jspecify.annotations.Nullable;

/**
 * What a frame holds: steps of up to so many sequences that decode, each with up to so many blocks of context. A step is
 * filled up to a frame's size, so that a few frames do for all.
 *
 * @param blocks of a context, or of what comes after its beginning where that is read apart
 * @param inPlace whether contexts are read where they lie
 * @param begun how their beginnings are read apart, null where they are not
 */
record FrameShape(
        int rows, int blocks, boolean inPlace, @Nullable Begun begun) {

    private static final int LEAST_BLOCKS = 8;

    /** Copied in about the time that asking for a layer's kernels takes. */
    private static final int MOST_PADDING_TOKENS = 8192;

    /** Null where a step reads more than a token of somebody, or more would be copied than a frame is worth. */
    static @Nullable FrameShape of(Step step, EngineShape engine, Attending attending) {
        Span[] spans = step.spans().toArray(Span[]::new);
        int longest = 0;
        long tokens = 0;
        for (Span span : spans) {
            if (span.tokens().length != 1) {
                return null;
            }
            longest = Math.max(longest, span.blocksUsed(engine.blockTokens()));
            tokens += span.end();
        }
        int rows = roomFor(spans.length);
        Arrangement arranged = Arrangement.of(spans, engine, attending);
        if (arranged.placed() == spans.length) {
            return new FrameShape(rows, room(arranged.longestPlaced(spans, engine)), true, begun(arranged, rows));
        }
        FrameShape frame = new FrameShape(rows, room(longest), false, null);
        long copied = (long) rows * frame.blocks * engine.blockTokens();
        boolean fits = copied - tokens <= MOST_PADDING_TOKENS && (long) rows * frame.blocks <= engine.blocks();
        return fits ? frame : null;
    }

    private static @Nullable Begun begun(Arrangement arranged, int rows) {
        Begun begun = Begun.of(arranged);
        if (begun == null) {
            return null;
        }
        return begun.byThemselves()
                ? new Begun(rows, 1, room(begun.blocks()))
                : new Begun(roomFor(begun.entries()), rows, room(begun.blocks()));
    }

    private static int room(int blocks) {
        return Math.max(LEAST_BLOCKS, roomFor(blocks));
    }

    /** The next of 1, 2, 3, 4, 6, 8, 12, 16, 24, ... */
    private static int roomFor(int count) {
        int power = Math.max(1, Integer.highestOneBit(count));
        if (power == count) {
            return count;
        }
        int between = power + power / 2;
        return power > 1 && count <= between ? between : 2 * power;
    }
}
