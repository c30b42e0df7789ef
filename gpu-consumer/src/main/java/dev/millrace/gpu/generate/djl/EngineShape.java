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
 * @param weightBytes memory that the weights take as they are kept
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
        long cacheBytes) {}
