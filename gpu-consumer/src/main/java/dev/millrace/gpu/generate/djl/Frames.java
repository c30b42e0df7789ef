package dev.millrace.gpu.generate.djl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps of a shape that comes again and again are recorded, and then played: a step of a small model is as long as it
 * takes to ask a GPU for its kernels one by one. Where something cannot be recorded, nothing is from then on.
 */
final class Frames implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Frames.class);

    /** Shapes that are remembered, recorded or not yet; the one that was not used for longest goes. */
    private static final int MOST = 64;

    /** A recording takes as long as some steps, which a shape that is seen in passing is not worth. */
    private static final int SEEN_BEFORE = 2;

    /** The model's side of it. */
    interface Stage {

        void open(long frame, StepPlan.Packed plan);

        void fill(long frame, StepPlan.Framed plan, Draw draw);

        void run(long frame);

        void close(long frame);
    }

    /** A step that a frame has been filled with, to be played once, and how many rows of each kind are asked for. */
    record Ready(long frame, long[] rows, Recorder.Recording recording) {}

    private final EngineShape shape;
    private final Attending attending;
    private final Stage stage;
    private final Map<FrameShape, Frame> frames = new LinkedHashMap<>(MOST, 0.75f, true);
    private @Nullable Recorder recorder;
    private long opened;
    private long filled;

    /** @param recorder of the device, or null where it has none */
    Frames(EngineShape shape, Attending attending, Stage stage, @Nullable Recorder recorder) {
        this.shape = shape;
        this.attending = attending;
        this.stage = stage;
        this.recorder = recorder;
    }

    /** Steps that were not asked for kernel by kernel. */
    long filled() {
        return filled;
    }

    /** Null if the step is to be run as any other. */
    @Nullable
    Ready fill(Step step) {
        Recorder device = recorder;
        FrameShape wanted = device == null ? null : FrameShape.of(step, shape, attending);
        if (device == null || wanted == null) {
            return null;
        }
        Frame frame = frames.computeIfAbsent(wanted, key -> new Frame());
        forgetOne();
        if (frame.seen < SEEN_BEFORE) {
            frame.seen++;
            return null;
        }
        StepPlan.Framed plan = StepPlan.packInto(wanted, step, shape);
        Recorder.Recording recording =
                frame.recording == null ? record(frame, plan, step.draw(), device) : frame.recording;
        if (recording == null) {
            return null;
        }
        stage.fill(frame.id, plan, step.draw());
        filled++;
        return new Ready(frame.id, plan.rows().counts(), recording);
    }

    private Recorder.@Nullable Recording record(Frame frame, StepPlan.Framed plan, Draw draw, Recorder device) {
        frame.id = ++opened;
        try {
            stage.open(frame.id, plan.body());
            frame.opened = true;
            stage.fill(frame.id, plan, draw);
            frame.recording = device.record(() -> stage.run(frame.id));
            return frame.recording;
        } catch (RuntimeException e) {
            LOG.warn("A step could not be recorded, and none is from now on", e);
            recorder = null;
            close();
            return null;
        }
    }

    private void forgetOne() {
        if (frames.size() > MOST) {
            var eldest = frames.values().iterator();
            Frame oldest = eldest.next();
            eldest.remove();
            oldest.close();
        }
    }

    @Override
    public void close() {
        List<Frame> all = new ArrayList<>(frames.values());
        frames.clear();
        all.forEach(Frame::close);
    }

    private final class Frame {
        private int seen;
        private long id;
        private boolean opened;
        private Recorder.@Nullable Recording recording;

        void close() {
            if (recording != null) {
                recording.close();
                recording = null;
            }
            if (opened) {
                opened = false;
                stage.close(id);
            }
        }
    }
}
