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
import java.util.Arrays;
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
    private final Halves halves;
    private final Frames frames;
    private boolean stepped;

    /**
     * @param attending how sequences that decode attend
     * @param threads that share a step, or 0 for PyTorch's own choice
     * @param movable how many matrices can be laid anew
     * @param halves those of its matrices that are laid in float16, now or with time
     * @param recorder of what the device is asked for, or null where steps are not recorded
     */
    TorchEngine(
            Model model,
            EngineShape shape,
            Attending attending,
            int threads,
            long movable,
            Halves halves,
            @Nullable Recorder recorder) {
        this.model = model;
        this.block = (PtSymbolBlock) model.getBlock();
        this.manager = model.getNDManager().newSubManager(Device.cpu());
        this.shape = shape;
        this.attending = attending;
        this.threads = threads;
        this.laying = new Laying(movable, this::moved);
        this.halves = halves;
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
        if (stepped) {
            halves.laySome();
        }
        stepped = true;
        laying.before(step);
        Frames.Ready ready = frames.fill(step);
        if (ready == null) {
            StepPlan.Packed plan = StepPlan.pack(step, shape, attending);
            try (NDManager scope = manager.newSubManager()) {
                return results(
                        "step",
                        IValue.listFrom(plan.counts()),
                        ints(scope, plan.ints(), step.draw().ints()),
                        sizes(plan.ints(), step.draw().ints()),
                        IValue.listFrom(step.draw().counts()),
                        floats(scope, step.draw()));
            }
        }
        ready.recording().play();
        return results(
                "leave_frame",
                IValue.from(ready.frame()),
                IValue.listFrom(ready.rows()),
                IValue.listFrom(step.draw().counts()));
    }

    private StepResult results(String method, IValue... arguments) {
        try (NDManager scope = manager.newSubManager();
                IValue result = IValueUtils.runMethod(block, method, arguments)) {
            PtNDArray[] tensors = result.toTensorArray((PtNDManager) scope);
            return new StepResult(longs(tensors[0]), floats(tensors[1]), floats(tensors[2]), floats(tensors[3]));
        } finally {
            for (IValue argument : arguments) {
                argument.close();
            }
        }
    }

    /** In one piece: to ask a device for it takes longer than to bring it there. */
    private static IValue ints(NDManager scope, int[]... parts) {
        IntList all = new IntList();
        Arrays.stream(parts).forEach(all::addAll);
        return IValue.from((PtNDArray) scope.create(all.toArray()));
    }

    private static IValue sizes(int[]... parts) {
        return IValue.listFrom(
                Arrays.stream(parts).mapToLong(part -> part.length).toArray());
    }

    private static IValue floats(NDManager scope, Draw draw) {
        return IValue.from((PtNDArray) scope.create(draw.floats()));
    }

    @Override
    public boolean prepare() {
        return halves.laySome();
    }

    @Override
    public void rest() {
        NativeMemory.giveBack();
    }

    /** How many matrices are laid for one or two rows. */
    long inColumns() {
        return laying.inColumns();
    }

    /** How many matrices lie in float16. */
    long inHalves() {
        return halves.laid();
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
        public void fill(long frame, StepPlan.Framed plan, Draw draw) {
            try (NDManager scope = manager.newSubManager()) {
                call(
                        "fill_frame",
                        frame,
                        ints(scope, plan.body().ints(), plan.rows().ints(), draw.ints()),
                        sizes(plan.body().ints(), plan.rows().ints(), draw.ints()),
                        floats(scope, draw));
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
