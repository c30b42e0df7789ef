package dev.millrace.gpu.generate.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/** A model that runs in PyTorch, through one call of its TorchScript method {@code step} a step. */
final class TorchEngine implements Engine {

    private final Model model;
    private final PtSymbolBlock block;
    private final NDManager manager;
    private final EngineShape shape;
    private final boolean grouped;
    private final int threads;
    private final Laying laying;

    /**
     * @param grouped whether sequences that decode attend in groups
     * @param threads that share a step, or 0 for PyTorch's own choice
     * @param movable how many matrices can be laid anew
     */
    TorchEngine(Model model, Device device, EngineShape shape, boolean grouped, int threads, long movable) {
        this.model = model;
        this.block = (PtSymbolBlock) model.getBlock();
        this.manager = model.getNDManager().newSubManager(device);
        this.shape = shape;
        this.grouped = grouped;
        this.threads = threads;
        this.laying = new Laying(movable, this::moved);
    }

    @Override
    public EngineShape shape() {
        return shape;
    }

    @Override
    public void settle() {
        Torch.share(threads);
    }

    @Override
    public StepResult step(Step step) {
        StepPlan.Packed plan = StepPlan.pack(step, shape, grouped);
        Torch.runAsWritten();
        laying.before(step);
        try (NDManager scope = manager.newSubManager();
                IValue counts = IValue.listFrom(plan.counts());
                IValue ints = IValue.from((PtNDArray) scope.create(plan.ints()));
                IValue drawCounts = IValue.listFrom(step.draw().counts());
                IValue drawInts =
                        IValue.from((PtNDArray) scope.create(step.draw().ints()));
                IValue drawFloats =
                        IValue.from((PtNDArray) scope.create(step.draw().floats()));
                IValue result = IValueUtils.runMethod(block, "step", counts, ints, drawCounts, drawInts, drawFloats)) {
            PtNDArray[] tensors = result.toTensorArray((PtNDManager) scope);
            return new StepResult(longs(tensors[0]), floats(tensors[1]), floats(tensors[2]), floats(tensors[3]));
        }
    }

    @Override
    public void rest() {
        NativeMemory.giveBack();
    }

    /** How many matrices are laid for one or two rows. */
    long inColumns() {
        return laying.inColumns();
    }

    /** What is freed on the way is more than a step needs. */
    private long moved(String where) {
        try (IValue count = IValueUtils.runMethod(block, where)) {
            return count.toLong();
        } finally {
            NativeMemory.giveBack();
        }
    }

    private static long[] longs(NDArray tensor) {
        LongBuffer buffer = tensor.toByteBuffer().asLongBuffer();
        long[] values = new long[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static float[] floats(NDArray tensor) {
        FloatBuffer buffer = tensor.toByteBuffer().asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    @Override
    public void close() {
        manager.close();
        model.close();
    }
}
