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
 * one thread and takes seconds for half a billion weights. So each processor takes some of them, and a large model
 * answers before: its matrices are multiplied as they lie until their turn has come. Any mixture gives the same answers,
 * so where it fails, for want of memory perhaps, they stay.
 */
final class Halves {

    private static final Logger LOG = LoggerFactory.getLogger(Halves.class);

    /** In so many parts, each of which keeps a step waiting for some tenths of a second at most. */
    private static final long PARTS = 24;

    private final PtSymbolBlock block;
    private long matrices;
    private long laid;

    /** @param matrices how many the model has for it */
    Halves(PtSymbolBlock block, long matrices) {
        this.block = block;
        this.matrices = matrices;
    }

    void layAll() {
        lay(matrices);
    }

    /** Lays a part of those that are left, if any are; false if none are after it. */
    boolean laySome() {
        lay(Math.min(matrices, laid + (matrices + PARTS - 1) / PARTS));
        return laid < matrices;
    }

    /** How many matrices lie in float16. */
    long laid() {
        return laid;
    }

    private void lay(long until) {
        if (laid == until) {
            return;
        }
        try {
            if (laid == 0) {
                EngineLoader.run(block, "try_halves");
            }
            long threads = Math.min(until - laid, Runtime.getRuntime().availableProcessors());
            PassingThread.all(LongStream.range(laid, laid + threads)
                    .mapToObj(first -> (Supplier<Boolean>) () -> lay(first, until, threads))
                    .toList());
            laid = until;
        } catch (EngineException e) {
            LOG.info("Matrices stay in bfloat16, which this processor does not know: {}", e.getMessage());
            matrices = laid;
        }
        if (laid == matrices) {
            NativeMemory.giveBack();
        }
    }

    private boolean lay(long first, long until, long step) {
        Torch.runAsWritten();
        EngineLoader.run(block, "to_halves", IValue.from(first), IValue.from(until), IValue.from(step));
        return true;
    }
}
