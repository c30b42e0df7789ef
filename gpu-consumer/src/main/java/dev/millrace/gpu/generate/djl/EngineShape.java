package dev.millrace.gpu.generate.djl;

/**
 * What a loaded model measures.
 *
 * @param vocabulary how many token ids can be drawn: the rows that the sampler sees, those of the tokenizer
 * @param logits how many logits the model's head has, padding rows included
 * @param hidden length of a hidden state
 * @param contextTokens the longest sequence
 * @param blockTokens tokens in a block of the cache
 * @param blocks blocks in the cache, numbered from 0
 * @param parameters weights in the checkpoint that the model uses
 * @param weightBytes memory that the matrices take as they are kept; a table that stays in its file's mapping is not in it
 * @param quantizedWeights how many of the weights are kept in fewer bits
 * @param quantizedBytes memory that these take, scales included
 * @param cacheBytes memory that the cache takes
 */
public record EngineShape(
        int vocabulary,
        int logits,
        int hidden,
        int contextTokens,
        int blockTokens,
        int blocks,
        long parameters,
        long weightBytes,
        long quantizedWeights,
        long quantizedBytes,
        long cacheBytes) {

    /** A shape without quantized weights. */
    public EngineShape(
            int vocabulary,
            int logits,
            int hidden,
            int contextTokens,
            int blockTokens,
            int blocks,
            long parameters,
            long weightBytes,
            long cacheBytes) {
        this(vocabulary, logits, hidden, contextTokens, blockTokens, blocks, parameters, weightBytes, 0, 0, cacheBytes);
    }
}
