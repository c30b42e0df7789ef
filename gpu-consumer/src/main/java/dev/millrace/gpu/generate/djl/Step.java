package dev.millrace.gpu.generate.djl;

import java.util.List;

/**
 * Everything that one call does.
 *
 * @param spans the sequences that advance, in any order
 * @param draw what the sampler is told; its logits have one row for each {@link Span.Output#DRAW} span, in span order
 */
public record Step(List<Span> spans, Draw draw) {

    public Step {
        spans = List.copyOf(spans);
    }
}
