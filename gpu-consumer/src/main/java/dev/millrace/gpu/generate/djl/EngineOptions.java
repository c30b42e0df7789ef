package dev.millrace.gpu.generate.djl;

/**
 * How a checkpoint is to be run.
 *
 * @param device as PyTorch names it: {@code cpu}, {@code cuda}, {@code cuda:1}
 * @param precision of the arithmetic and of weights that are not quantized
 * @param quantization of the large matrices, done once at load
 * @param contextTokens the longest sequence, or 0 for what the checkpoint declares
 * @param blockTokens tokens in a block of the cache
 * @param cacheTokens tokens that the cache holds in all, rounded up to whole blocks
 * @param threads for one operation, or 0 for a choice by the model's size
 * @param grouped whether sequences that decode attend in groups: few calls and a copy of their contexts, which suits a
 *     GPU, or one by one in place
 */
public record EngineOptions(
        String device,
        Precision precision,
        Quantization quantization,
        int contextTokens,
        int blockTokens,
        long cacheTokens,
        int threads,
        boolean grouped) {

    /** The arithmetic: float32 is exact enough to be compared, bfloat16 is half the memory. */
    public enum Precision {
        FLOAT32,
        BFLOAT16
    }

    /** Bits of a quantized weight, and how many weights of a row share a scale. */
    public enum Quantization {
        NONE(16, 0),
        INT8(8, 0),
        INT4_32(4, 32),
        INT4_64(4, 64),
        INT4_128(4, 128);

        private final int bits;
        private final int group;

        Quantization(int bits, int group) {
            this.bits = bits;
            this.group = group;
        }

        public int bits() {
            return bits;
        }

        /** Weights of a row under one scale; 0 for the whole row. */
        public int group() {
            return group;
        }
    }

    /** Attending as suits the device. */
    public EngineOptions(
            String device,
            Precision precision,
            Quantization quantization,
            int contextTokens,
            int blockTokens,
            long cacheTokens,
            int threads) {
        this(device, precision, quantization, contextTokens, blockTokens, cacheTokens, threads, !device.equals("cpu"));
    }

    public EngineOptions {
        if (device.isBlank()) {
            throw new IllegalArgumentException("device must be named");
        }
        if (contextTokens < 0 || threads < 0) {
            throw new IllegalArgumentException("contextTokens and threads must not be negative");
        }
        if (blockTokens < 1 || cacheTokens < 1) {
            throw new IllegalArgumentException("blockTokens and cacheTokens must be positive");
        }
    }

    /** Blocks of the cache. */
    public int blocks() {
        return Math.toIntExact((cacheTokens + blockTokens - 1) / blockTokens);
    }
}
