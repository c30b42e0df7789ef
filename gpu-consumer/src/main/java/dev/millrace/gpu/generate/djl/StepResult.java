package dev.millrace.gpu.generate.djl;

/**
 * What a step gave.
 *
 * @param ints the sampler's first result, flat: with {@link Draw#greedy} the id drawn for each row, -1 where its logits
 *     are no numbers
 * @param floats the sampler's second result, flat
 * @param logits rows of the {@link Span.Output#LOGITS} spans, one after the other, {@link EngineShape#logits} each
 * @param hidden rows of the {@link Span.Output#HIDDEN} spans, one after the other, {@link EngineShape#hidden} each
 */
public record StepResult(long[] ints, float[] floats, float[] logits, float[] hidden) {}
