package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Span.Output;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences that decode in frames get what they get without; on a CPU a frame is computed anew each time. */
class FramesTest {

    private static final Path CHECKPOINTS = Path.of("src/test/resources/goldens/checkpoints");
    private static final int[] LENGTHS = {3, 200, 17, 33, 16, 1, 90, 15};
    private static final int STEPS = 30;
    private static final double MOST = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"qwen2-untied-sharded", "qwen3", "deepseek-r1-distill"})
    void agreesWithEachStepByItself(String golden) {
        try (TorchEngine framed = open(golden, Optional.of(new Again()));
                TorchEngine plain = open(golden, Optional.empty())) {
            List<int[]> blocks = read(framed, plain);
            Random random = new Random(5);
            for (int at = 0; at < STEPS; at++) {
                List<Span> spans = new ArrayList<>();
                for (int i = 0; i < LENGTHS.length; i++) {
                    // Some rest for a while, so that neighbours and sizes change from step to step.
                    Output output = random.nextBoolean() ? Output.LOGITS : Output.HIDDEN;
                    boolean rests = (at / 4 + i) % 4 == 0 || i > at / 2;
                    int token = random.nextInt(plain.shape().vocabulary());
                    if (!rests || spans.isEmpty() && i == LENGTHS.length - 1) {
                        spans.add(new Span(new int[] {token}, LENGTHS[i] + at, blocks.get(i), output));
                    } else {
                        Span alone = new Span(new int[] {token}, LENGTHS[i] + at, blocks.get(i), Output.NONE);
                        plain.step(new Step(List.of(alone), Draw.greedy()));
                        framed.step(new Step(List.of(alone), Draw.greedy()));
                    }
                }
                Step step = new Step(spans, Draw.greedy());
                assertAlike(framed.step(step), plain.step(step), plain.shape());
            }
            assertThat(framed.inFrames()).isGreaterThan(STEPS);
            assertThat(plain.inFrames()).isZero();
        }
    }

    @Test
    void drawsForTheRowsThatAskInTheirOrder() {
        try (TorchEngine framed = open("qwen3", Optional.of(new Again()));
                TorchEngine plain = open("qwen3", Optional.empty())) {
            List<int[]> blocks = read(framed, plain);
            for (int at = 0; at < 6; at++) {
                List<Span> spans = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    Output output = i == 1 ? Output.NONE : Output.DRAW;
                    spans.add(new Span(new int[] {7 * i + at}, LENGTHS[i] + at, blocks.get(i), output));
                }
                Step step = new Step(spans, Draw.greedy());
                long[] drawn = framed.step(step).ints();
                assertThat(drawn).hasSize(4).isEqualTo(plain.step(step).ints());
            }
            assertThat(framed.inFrames()).isEqualTo(4);
        }
    }

    @Test
    void whatADeviceDoesNotTakeIsRunAsAnyOtherStep() {
        List<Runnable> asked = new ArrayList<>();
        Recorder refusing = work -> {
            asked.add(work);
            throw new IllegalStateException("not here");
        };
        try (TorchEngine framed = open("qwen3", Optional.of(refusing));
                TorchEngine plain = open("qwen3", Optional.empty())) {
            List<int[]> blocks = read(framed, plain);
            for (int at = 0; at < 8; at++) {
                Step step = new Step(
                        List.of(new Span(new int[] {at}, LENGTHS[0] + at, blocks.get(0), Output.LOGITS)),
                        Draw.greedy());
                assertAlike(framed.step(step), plain.step(step), plain.shape());
            }
            assertThat(asked).hasSize(1);
            assertThat(framed.inFrames()).isZero();
        }
    }

    @Test
    void keepsTheShapesThatComeAgain() {
        EngineShape shape = new EngineShape(100, 100, 8, 100_000, 16, 100_000, 1, 1, 1);
        Set<Long> open = new HashSet<>();
        List<Integer> closed = new ArrayList<>();
        Recorder recorder = work -> new Recorder.Recording() {
            @Override
            public void play() {}

            @Override
            public void close() {
                closed.add(open.size());
            }
        };
        Frames frames = new Frames(shape, Attending.GROUPED, new OpenFrames(open), recorder);
        Step often = decoding(1, 16);
        for (int rows = 1; rows <= 16; rows++) {
            for (int context = 100; context <= 4000; context += 60) {
                for (int seen = 0; seen < 3; seen++) {
                    frames.fill(decoding(rows, context));
                    frames.fill(often);
                }
            }
        }
        assertThat(open).hasSizeLessThanOrEqualTo(64).contains(1L);
        assertThat(closed).isNotEmpty();
        frames.close();
        assertThat(open).isEmpty();
    }

    private static Step decoding(int rows, int context) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            spans.add(new Span(new int[] {1}, context - 1, new int[(context + 15) / 16], Output.DRAW));
        }
        return new Step(spans, Draw.greedy());
    }

    /** Knows which frames a model would hold. */
    private record OpenFrames(Set<Long> open) implements Frames.Stage {

        @Override
        public void open(long frame, StepPlan.Packed plan) {
            open.add(frame);
        }

        @Override
        public void fill(long frame, StepPlan.Framed plan, Draw draw) {
            assertThat(open).contains(frame);
        }

        @Override
        public void run(long frame) {
            assertThat(open).contains(frame);
        }

        @Override
        public void close(long frame) {
            open.remove(frame);
        }
    }

    /** A recording that a device cannot keep: the work itself. */
    private static final class Again implements Recorder {

        @Override
        public Recording record(Runnable work) {
            return new Recording() {
                @Override
                public void play() {
                    work.run();
                }

                @Override
                public void close() {}
            };
        }
    }

    private static TorchEngine open(String golden, Optional<Recorder> recorder) {
        int cacheTokens = GoldenRun.BLOCKS * GoldenRun.BLOCK_TOKENS;
        EngineOptions options = new EngineOptions(
                "cpu", Precision.FLOAT32, Quantization.NONE, 0, GoldenRun.BLOCK_TOKENS, cacheTokens, 0, true);
        return new EngineLoader(
                        Checkpoint.open(CHECKPOINTS.resolve(golden)), options, Columns.never(), device -> recorder)
                .load();
    }

    /** Lets both engines read the beginning of several sequences; returns their blocks. */
    private static List<int[]> read(Engine... engines) {
        Random random = new Random(7);
        List<int[]> tables = new ArrayList<>();
        for (int i = 0; i < LENGTHS.length; i++) {
            int[] blocks = GoldenRun.scattered(GoldenRun.BLOCKS - 1 - i, LENGTHS.length, LENGTHS[i] + STEPS + 1);
            GoldenRun.read(random, LENGTHS[i], blocks, engines);
            tables.add(blocks);
        }
        return tables;
    }

    private static void assertAlike(StepResult one, StepResult other, EngineShape shape) {
        assertRows(one.logits(), other.logits(), shape.logits());
        assertRows(one.hidden(), other.hidden(), shape.hidden());
    }

    private static void assertRows(float[] ones, float[] others, int width) {
        assertThat(ones).hasSameSizeAs(others);
        for (int at = 0; at < ones.length; at += width) {
            float[] own = Arrays.copyOfRange(others, at, at + width);
            assertThat(GoldensTest.distance(Arrays.copyOfRange(ones, at, at + width), own) / GoldensTest.deviation(own))
                    .isLessThan(MOST);
        }
    }
}
