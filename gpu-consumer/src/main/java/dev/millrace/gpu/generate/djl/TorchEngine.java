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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model that runs in PyTorch, through one call of its TorchScript method {@code step} a step, or in frames. */
final class TorchEngine implements Engine {

    private final Model model;
    private final PtSymbolBlock block;
    private final NDManager manager;
    private final EngineShape shape;
    private final Attending attending;
    private final int threads;
    private final Laying laying;
    private final Frames frames;

    /**
     * @param attending how sequences that decode attend
     * @param threads that share a step, or 0 for PyTorch's own choice
     * @param movable how many matrices can be laid anew
     * @param recorder of what the device is asked for, or null where steps are not recorded
     */
    TorchEngine(
            Model model,
            Device device,
            EngineShape shape,
            Attending attending,
            int threads,
            long movable,
            @Nullable Recorder recorder) {
        this.model = model;
        this.block = (PtSymbolBlock) model.getBlock();
        this.manager = model.getNDManager().newSubManager(device);
        this.shape = shape;
        this.attending = attending;
        this.threads = threads;
        this.laying = new Laying(movable, this::moved);
        this.frames = new Frames(shape, attending, new Stage(), recorder);
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
        Torch.runAsWritten();
        laying.before(step);
        Frames.Ready ready = frames.fill(step);
        if (ready == null) {
            return results("step", StepPlan.pack(step, shape, attending), step.draw(), () -> {});
        }
        try (IValue frame = IValue.from(ready.frame())) {
            return results("leave_frame", ready.rows(), step.draw(), ready.recording()::play, frame);
        }
    }

    /** @param before done when all that the method needs is on the device, which would be waited for after it */
    private StepResult results(String method, StepPlan.Packed plan, Draw draw, Runnable before, IValue... first) {
        try (NDManager scope = manager.newSubManager();
                IValue counts = IValue.listFrom(plan.counts());
                IValue ints = IValue.from((PtNDArray) scope.create(plan.ints()));
                IValue drawCounts = IValue.listFrom(draw.counts());
                IValue drawInts = IValue.from((PtNDArray) scope.create(draw.ints()));
                IValue drawFloats = IValue.from((PtNDArray) scope.create(draw.floats()))) {
            IValue[] arguments = Stream.concat(
                            Stream.of(first), Stream.of(counts, ints, drawCounts, drawInts, drawFloats))
                    .toArray(IValue[]::new);
            before.run();
            try (IValue result = IValueUtils.runMethod(block, method, arguments)) {
                PtNDArray[] tensors = result.toTensorArray((PtNDManager) scope);
                return new StepResult(longs(tensors[0]), floats(tensors[1]), floats(tensors[2]), floats(tensors[3]));
            }
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

    /** Steps that were run in frames. */
    long inFrames() {
        return frames.filled();
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
        frames.close();
        manager.close();
        model.close();
    }

    private final class Stage implements Frames.Stage {

        @Override
        public void open(long frame, StepPlan.Packed plan) {
            call("open_frame", frame, IValue.listFrom(plan.counts()), IValue.from((long) plan.ints().length));
        }

        @Override
        public void fill(long frame, StepPlan.Packed plan) {
            try (NDManager scope = manager.newSubManager(Device.cpu())) {
                call("fill_frame", frame, IValue.from((PtNDArray) scope.create(plan.ints())));
            }
        }

        @Override
        public void run(long frame) {
            call("run_frame", frame);
        }

        @Override
        public void close(long frame) {
            call("close_frame", frame);
        }

        private void call(String method, long frame, IValue... more) {
            IValue[] arguments = Stream.concat(Stream.of(IValue.from(frame)), Stream.of(more))
                    .toArray(IValue[]::new);
            EngineLoader.run(block, method, arguments);
        }
    }
}
