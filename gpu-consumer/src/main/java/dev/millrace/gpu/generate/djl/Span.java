package dev.millrace.gpu.generate.djl;

/**
 * The tokens of one sequence that a step reads: one when it decodes, a chunk when it prefills.
 *
 * @param tokens ids at positions {@code start}, {@code start + 1}, …
 * @param start how many tokens of the sequence are in the cache already
 * @param blocks the sequence's block table: position p lives in {@code blocks[p / blockTokens]}, and the table reaches
 *     at least to the last token read. Ascending neighbours (5, 6, 7 …) are read in place, others are gathered first,
 *     so an allocator does well to keep a sequence's blocks together.
 * @param output what the caller wants to know of these tokens
 */
public record Span(int[] tokens, int start, int[] blocks, Output output) {

    /** What a step gives back for a span. */
    public enum Output {
        /** Nothing: a chunk of a prompt that goes on. */
        NONE,
        /** One row for the sampler: the logits after the last token. */
        DRAW,
        /** The logits after every token. */
        LOGITS,
        /** The final normed hidden state of every token. */
        HIDDEN
    }

    public Span {
        if (tokens.length == 0 || start < 0) {
            throw new IllegalArgumentException("a span reads at least one token at a position from 0");
        }
    }

    /** Whether what is in the cache of its sequence, and what it adds to it, is one piece. */
    boolean liesTogether(int blockTokens) {
        for (int block = 1; block < blocks.length && block * blockTokens < end(); block++) {
            if (blocks[block] != blocks[0] + block) {
                return false;
            }
        }
        return true;
    }

    /** Length of the sequence once this span is read. */
    public int end() {
        return start + tokens.length;
    }
}
