package dev.millrace.gpu.model.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * What config.json says of a model's shape, whichever spelling it used.
 *
 * @param contextTokens the longest sequence that the model was made for, rope scaling included
 * @param latent DeepSeek's attention; null where queries are grouped
 * @param mixture the experts; null in a dense model
 * @param fp8 blocks of the stored weights; null where they are stored plainly
 */
public record ModelConfig(
        Family family,
        int vocabulary,
        int hidden,
        int intermediate,
        int layers,
        double normEpsilon,
        boolean tiedHead,
        int contextTokens,
        Attention attention,
        @Nullable Latent latent,
        Rope rope,
        @Nullable Mixture mixture,
        @Nullable Fp8 fp8) {

    /**
     * Heads and their sizes.
     *
     * @param keyHeads heads of keys and values, shared by groups of query heads
     * @param scale what scores are multiplied by before softmax
     */
    public record Attention(
            int heads,
            int keyHeads,
            int headDim,
            double scale,
            boolean inputBias,
            boolean outputBias,
            boolean headNorm) {}

    /**
     * Multi-head latent attention.
     *
     * @param queryRank the query's compressed size, or 0 where it is not compressed
     */
    public record Latent(
            int queryRank, int keyRank, int plainDim, int rotaryDim, int valueDim, boolean bias, boolean pairs) {}

    /**
     * Rotary positions.
     *
     * @param original the context before YaRN stretched it
     * @param angleScale factor on cosine and sine
     */
    public record Rope(
            Kind kind,
            double theta,
            double factor,
            double original,
            double betaFast,
            double betaSlow,
            boolean truncate,
            double angleScale) {

        /** How positions are stretched. */
        public enum Kind {
            PLAIN,
            LINEAR,
            YARN
        }
    }

    /**
     * A mixture of experts and its router.
     *
     * @param sharedIntermediate width of the expert that every token visits, or 0
     * @param grouping how many of a group's best experts rank it, or 0 where groups don't limit the choice
     * @param sigmoid scores by sigmoid, else by softmax
     * @param correction a learned correction ranks experts without changing their weight
     */
    public record Mixture(
            int experts,
            int chosen,
            int intermediate,
            int sharedIntermediate,
            int groups,
            int keptGroups,
            int grouping,
            boolean sigmoid,
            boolean correction,
            boolean normalise,
            double factor,
            SparseLayers sparse) {

        /** Which layers are mixtures. */
        public interface SparseLayers {
            boolean sparse(int layer);
        }
    }

    /** Block-wise fp8 storage. */
    public record Fp8(int blockRows, int blockColumns) {}

    /** Whether a layer's feed-forward part is a mixture. */
    public boolean sparse(int layer) {
        return mixture != null && mixture.sparse().sparse(layer);
    }
}
