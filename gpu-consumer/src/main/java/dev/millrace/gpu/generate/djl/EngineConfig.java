package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How models run on this worker's device. Four of the numbers, where they are 0 or not said, are as suits the device.
 *
 * @param device as PyTorch names it: {@code cpu}, {@code cuda}, {@code cuda:1}
 * @param precision of the arithmetic and of weights that are not quantized
 * @param quantization of the large matrices, done once at load
 * @param contextTokens the longest sequence, or 0 for what the checkpoint declares
 * @param blockTokens tokens in a block of the cache
 * @param cacheTokens tokens that the cache holds in all; it stays 0 for a GPU, whose free memory then decides
 * @param threads for one operation, or 0 for PyTorch's own choice
 * @param maxBatch sequences that run at once
 * @param maxHeld sequences that run or wait; past it a task is refused
 * @param prefillTokens prompt tokens that a step reads at most, so that those who write wait no longer than that takes
 * @param preparingThreads threads that render and tokenize prompts
 * @param pooling which hidden state stands for a text that is embedded
 */
@ConfigurationProperties("millrace.engine")
public record EngineConfig(
        @Bindable(defaultValue = "cpu") String device,
        @Bindable(defaultValue = "BFLOAT16") EngineOptions.Precision precision,
        @Bindable(defaultValue = "NONE") EngineOptions.Quantization quantization,
        @Bindable(defaultValue = "0") int contextTokens,
        @Bindable(defaultValue = "16") int blockTokens,
        @Bindable(defaultValue = "0") long cacheTokens,
        @Bindable(defaultValue = "0") int threads,
        @Bindable(defaultValue = "0") int maxBatch,
        @Bindable(defaultValue = "0") int maxHeld,
        @Bindable(defaultValue = "0") int prefillTokens,
        @Bindable(defaultValue = "2") int preparingThreads,
        @Bindable(defaultValue = "LAST") Pooling pooling) {

    public EngineConfig {
        if (device.isBlank()) {
            throw new IllegalArgumentException("millrace.engine.device must be named");
        }
        check(contextTokens >= 0, "context-tokens must not be negative");
        check(threads >= 0, "threads must not be negative");
        check(blockTokens > 0, "block-tokens must be at least 1");
        check(cacheTokens >= 0, "cache-tokens must not be negative");
        check(maxBatch >= 0, "max-batch must not be negative");
        check(maxHeld >= 0, "max-held must not be negative");
        check(prefillTokens >= 0, "prefill-tokens must not be negative");
        check(preparingThreads > 0, "preparing-threads must be at least 1");
        boolean cpu = device.equals("cpu");
        cacheTokens = cacheTokens == 0 && cpu ? 32_768 : cacheTokens;
        maxBatch = orElse(maxBatch, cpu ? 32 : 256);
        maxHeld = orElse(maxHeld, 8 * maxBatch);
        prefillTokens = orElse(prefillTokens, cpu ? 512 : 4096);
        check(maxHeld >= maxBatch, "max-held must be at least max-batch");
    }

    private static int orElse(int said, int otherwise) {
        return said == 0 ? otherwise : said;
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException("millrace.engine." + rule);
        }
    }

    EngineOptions options(Checkpoint checkpoint) {
        long tokens = cacheTokens > 0 ? cacheTokens : CacheSize.of(checkpoint, this);
        return new EngineOptions(device, precision, quantization, contextTokens, blockTokens, tokens, threads);
    }
}
