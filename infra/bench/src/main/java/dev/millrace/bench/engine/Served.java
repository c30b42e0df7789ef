package dev.millrace.bench.engine;

import dev.millrace.bench.checkpoint.CheckpointMaker;
import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.djl.DjlFactory;
import dev.millrace.gpu.generate.djl.DjlGenerator;
import dev.millrace.gpu.generate.djl.EngineConfig;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** A made-up model, loaded as a worker loads any. */
record Served(ModelShape shape, DjlGenerator generator, Asker asker, long loadStartedNanos) implements AutoCloseable {

    static final int BLOCK_TOKENS = 16;

    private static final int HELD = 1024;
    /** As suits the device. */
    private static final int PREFILL_TOKENS = 0;

    /** Where and how models are run. */
    record Place(Path models, String device, int threads, int maxBatch, int cacheTokens) {

        Served load(ModelShape shape, Quantization quantization) throws IOException {
            Path directory = CheckpointMaker.make(shape, models);
            EngineConfig config = new EngineConfig(
                    device,
                    Precision.BFLOAT16,
                    quantization,
                    0,
                    BLOCK_TOKENS,
                    cacheTokens,
                    threads,
                    maxBatch,
                    HELD,
                    PREFILL_TOKENS,
                    2,
                    Pooling.LAST);
            long started = System.nanoTime();
            DjlGenerator generator = new DjlFactory(config, Clock.systemUTC()).load(shape.name(), directory.toString());
            return new Served(shape, generator, new Asker(generator, shape, 1), started);
        }
    }

    @Override
    public void close() {
        generator.close();
    }
}
