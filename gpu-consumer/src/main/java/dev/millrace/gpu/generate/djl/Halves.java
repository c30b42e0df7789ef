package dev.millrace.gpu.generate.djl;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matrices laid out in float16 where the processor knows no bfloat16, as {@code halves.py} has it. PyTorch does that on
 * one thread and takes seconds for half a billion weights, so each processor takes some of them.
 */
final class Halves {

    private static final Logger LOG = LoggerFactory.getLogger(Halves.class);

    private Halves() {}

    /** @param matrices how many the model has for it */
    static void lay(PtSymbolBlock block, long matrices) {
        if (matrices == 0 || !multiplied(block)) {
            return;
        }
        long threads = Math.min(matrices, Runtime.getRuntime().availableProcessors());
        PassingThread.all(LongStream.range(0, threads)
                .mapToObj(first -> (Supplier<Boolean>) () -> lay(block, first, threads))
                .toList());
    }

    /** Processors from before AVX2 cannot: there the matrices stay as they are. */
    private static boolean multiplied(PtSymbolBlock block) {
        try {
            EngineLoader.run(block, "try_halves");
            return true;
        } catch (EngineException e) {
            LOG.info("Matrices stay in bfloat16, which this processor does not know: {}", e.getMessage());
            return false;
        }
    }

    private static boolean lay(PtSymbolBlock block, long first, long step) {
        Torch.runAsWritten();
        EngineLoader.run(block, "to_halves", IValue.from(first), IValue.from(step));
        return true;
    }
}
