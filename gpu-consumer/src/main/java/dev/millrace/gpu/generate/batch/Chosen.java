package dev.millrace.gpu.generate.batch;

/**
 * A token as it was drawn.
 *
 * @param logprob of the token under the model's own distribution; NaN where not asked for
 * @param top the likeliest tokens, best first
 * @param topLogprobs theirs
 */
public record Chosen(int token, float logprob, int[] top, float[] topLogprobs) {

    public static Chosen bare(int token) {
        return new Chosen(token, Float.NaN, new int[0], new float[0]);
    }
}
