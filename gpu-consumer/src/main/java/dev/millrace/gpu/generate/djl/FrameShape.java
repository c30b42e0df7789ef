package dev.millrace.gpu.generate.djl;

import org.jspecify.annotations.Nullable;

/**
 * What a frame holds: steps of up to so many sequences that decode, each with up to so many blocks of context. A step is
 * filled up to a frame's size, so that a few frames do for all.
 *
 * @param inPlace whether contexts are read where they lie
 */
record FrameShape(int rows, int blocks, boolean inPlace) {

    private static final int LEAST_BLOCKS = 8;

    /** Copied in about the time that asking for a layer's kernels takes. */
    private static final int MOST_PADDING_TOKENS = 8192;

    /** Null where a step reads more than a token of somebody, or more would be copied than a frame is worth. */
    static @Nullable FrameShape of(Step step, EngineShape engine, Attending attending) {
        int longest = 0;
        long tokens = 0;
        boolean inPlace = attending == Attending.IN_PLACE;
        for (Span span : step.spans()) {
            if (span.tokens().length != 1) {
                return null;
            }
            longest = Math.max(longest, span.end());
            tokens += span.end();
            inPlace &= span.liesTogether(engine.blockTokens());
        }
        int blocks = Math.max(LEAST_BLOCKS, roomFor((longest + engine.blockTokens() - 1) / engine.blockTokens()));
        FrameShape frame = new FrameShape(roomFor(step.spans().size()), blocks, inPlace);
        long copied = (long) frame.rows * blocks * engine.blockTokens();
        boolean fits = copied - tokens <= MOST_PADDING_TOKENS && (long) frame.rows * blocks <= engine.blocks();
        return inPlace || fits ? frame : null;
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
