package dev.millrace.gpu.generate.djl;

import java.util.List;

/**
 * Everything that one call does.
 *
 * @param spans the sequences that advance, in any order
 * @param draw what the sampler is told; its logits have one row for each {@link Span.Output#DRAW} span, in span order
 * @param blockCopies pairs (from, to) of blocks copied in every layer before anything is read, for sequences that part
 */
public record Step(List<Span> spans, Draw draw, int[] blockCopies) {

    public Step {
        spans = List.copyOf(spans);
        if (blockCopies.length % 2 != 0) {
            throw new IllegalArgumentException("blockCopies holds pairs");
        }
    }

    public Step(List<Span> spans, Draw draw) {
        this(spans, draw, new int[0]);
    }
}
