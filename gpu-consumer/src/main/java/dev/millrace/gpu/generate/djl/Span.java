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

    void check(EngineShape shape) {
        if (end() > shape.contextTokens() || end() > (long) blocks.length * shape.blockTokens()) {
            throw new IllegalArgumentException(
                    "a span ends at %d, past the context or its %d blocks".formatted(end(), blocks.length));
        }
        for (int token : tokens) {
            if (token < 0 || token >= shape.logits()) {
                throw new IllegalArgumentException("no token has the id " + token);
            }
        }
    }

    /** How many of its first blocks are neighbours. */
    int firstPiece(int blockTokens) {
        int used = blocksUsed(blockTokens);
        for (int block = 1; block < used; block++) {
            if (blocks[block] != blocks[0] + block) {
                return block;
            }
        }
        return used;
    }

    /** Whether what is in the cache of its sequence from a block on, and what it adds to it, is one piece. */
    boolean liesTogether(int from, int blockTokens) {
        for (int block = from + 1; block < blocksUsed(blockTokens); block++) {
            if (blocks[block] != blocks[from] + block - from) {
                return false;
            }
        }
        return true;
    }

    /** Blocks that its sequence takes once this span is read. */
    int blocksUsed(int blockTokens) {
        return Math.min(blocks.length, (end() + blockTokens - 1) / blockTokens);
    }

    /** Length of the sequence once this span is read. */
    public int end() {
        return start + tokens.length;
    }
}
