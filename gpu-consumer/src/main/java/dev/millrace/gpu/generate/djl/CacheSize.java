package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import dev.millrace.gpu.model.checkpoint.ModelConfig;

/** How much a cache takes, and how large one is made where nobody said. */
final class CacheSize {

    /** The rest is for what a step needs on its way, and for whoever else uses the device. */
    private static final double SHARE = 0.85;

    private CacheSize() {}

    /** Tokens for which a GPU has room beside the weights, but no more than the largest batch of the longest sequences. */
    static long of(Checkpoint checkpoint, EngineConfig config) {
        ModelConfig model = checkpoint.config();
        long free = Cuda.freeBytes(EngineLoader.presentDevice(config.device()).getDeviceId());
        long weights = Math.round(checkpoint.parameters() * bytesOfWeight(config.precision(), config.quantization()));
        long context = config.contextTokens() == 0 ? model.contextTokens() : config.contextTokens();
        long tokens = tokens(free, weights, bytesOfToken(model, config.precision()), config.maxBatch() * context);
        if (tokens < config.blockTokens()) {
            throw new IllegalArgumentException("%s has %d MiB free, which do not hold a model of %d MiB and a cache"
                    .formatted(config.device(), free >> 20, weights >> 20));
        }
        return tokens;
    }

    static long tokens(long freeBytes, long weightBytes, long tokenBytes, long most) {
        long room = (long) (freeBytes * SHARE) - weightBytes;
        return Math.max(0, Math.min(most, room / tokenBytes));
    }

    /** What a token takes in the caches of all layers. */
    static long bytesOfToken(ModelConfig model, Precision precision) {
        long numbers = model.latent() != null
                ? model.latent().keyRank() + model.latent().rotaryDim()
                : 2L * model.attention().keyHeads() * model.attention().headDim();
        return numbers * model.layers() * bytesOf(precision);
    }

    private static double bytesOfWeight(Precision precision, Quantization quantization) {
        int bytes = bytesOf(precision);
        if (quantization == Quantization.NONE) {
            return bytes;
        }
        double scales = quantization.group() == 0 ? 0 : (double) bytes / quantization.group();
        return quantization.bits() / 8.0 + scales;
    }

    private static int bytesOf(Precision precision) {
        return precision == Precision.FLOAT32 ? 4 : 2;
    }
}
