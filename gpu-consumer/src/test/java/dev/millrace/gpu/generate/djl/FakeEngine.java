package dev.millrace.gpu.generate.djl;

import dev.millrace.event.Capability;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.gpu.generate.batch.Jobs;
import dev.millrace.gpu.generate.batch.MaskFactory;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.batch.RequestPrompts;
import dev.millrace.gpu.model.ChatTemplate;
import dev.millrace.gpu.model.checkpoint.GenerationDefaults;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/** A model whose next token is a hash of all tokens that it finds through the block table. Greedy only. */
final class FakeEngine implements Engine {

    static final int HIDDEN = 4;
    /** Prompt tokens that a step of its generator reads at most. */
    static final int READ_BUDGET = 24;

    private final EngineShape shape;
    private final int[] cache;
    private final IntUnaryOperator tokenOfHash;
    /** A permit a step. */
    volatile Semaphore steps = new Semaphore(Integer.MAX_VALUE);

    final AtomicInteger rests = new AtomicInteger();
    /** Parts of its preparation that are left. */
    final AtomicInteger unprepared = new AtomicInteger();
    /** A permit for each. */
    volatile Semaphore preparations = new Semaphore(Integer.MAX_VALUE);

    volatile boolean broken;
    volatile int longestStep;
    /** Sees each step before it is run. */
    volatile Consumer<Step> watcher = step -> {};

    FakeEngine(int vocabulary, int context, int blockTokens, int blocks, IntUnaryOperator tokenOfHash) {
        shape = new EngineShape(vocabulary, vocabulary, HIDDEN, context, blockTokens, blocks, 1, 1, 1);
        cache = new int[blockTokens * blocks];
        Arrays.fill(cache, -1);
        this.tokenOfHash = tokenOfHash;
    }

    /** A generator over it, with a tokenizer of at least its vocabulary. */
    static DjlGenerator generator(FakeEngine engine, DjlTokenizer tokenizer, int end, int maxBatch, int maxHeld) {
        GenerationDefaults defaults = new GenerationDefaults(List.of(end), false, null, null, null, null, null, null);
        return generator(engine, tokenizer, defaults, maxBatch, maxHeld);
    }

    static DjlGenerator generator(
            FakeEngine engine, DjlTokenizer tokenizer, GenerationDefaults defaults, int maxBatch, int maxHeld) {
        return generator(engine, tokenizer, defaults, MaskFactory.none(), maxBatch, maxHeld);
    }

    static DjlGenerator generator(
            FakeEngine engine,
            DjlTokenizer tokenizer,
            GenerationDefaults defaults,
            MaskFactory masks,
            int maxBatch,
            int maxHeld) {
        EngineShape shape = engine.shape();
        Jobs jobs = new Jobs(
                new RequestPrompts(
                        tokenizer, new ChatTemplate(Map.of(), Map.of(), Clock.systemUTC()), shape.vocabulary()),
                masks,
                tokenizer.vocabulary(),
                defaults,
                new Jobs.Shape(shape.contextTokens(), shape.vocabulary(), HIDDEN, Pooling.MEAN));
        EngineConfig config = new EngineConfig(
                "cpu",
                EngineOptions.Precision.FLOAT32,
                EngineOptions.Quantization.NONE,
                0,
                shape.blockTokens(),
                (long) shape.blocks() * shape.blockTokens(),
                0,
                maxBatch,
                maxHeld,
                READ_BUDGET,
                1,
                Pooling.MEAN);
        ModelProfile profile = new ModelProfile(
                "tiny", "a model", 0, shape.contextTokens(), shape.contextTokens(), 1, Set.of(Capability.COMPLETION));
        return new DjlGenerator(profile, config, jobs, engine, tokenizer::close);
    }

    @Override
    public EngineShape shape() {
        return shape;
    }

    @Override
    public StepResult step(Step step) {
        watcher.accept(step);
        steps.acquireUninterruptibly();
        if (broken) {
            throw new IllegalStateException("the device is gone");
        }
        List<Integer> drawn = new ArrayList<>();
        List<Float> hidden = new ArrayList<>();
        for (Span span : step.spans()) {
            longestStep = Math.max(longestStep, span.tokens().length);
            for (int i = 0; i < span.tokens().length; i++) {
                cache[slot(span, span.start() + i)] = span.tokens()[i];
            }
        }
        for (Span span : step.spans()) {
            if (span.output() == Span.Output.DRAW) {
                drawn.add(next(span, span.end()));
            } else if (span.output() == Span.Output.HIDDEN) {
                for (int i = span.start() + 1; i <= span.end(); i++) {
                    int hash = hash(span, i);
                    for (int k = 0; k < HIDDEN; k++) {
                        hidden.add((float) Math.sin(hash + k));
                    }
                }
            }
        }
        float[] states = new float[hidden.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = hidden.get(i);
        }
        return new StepResult(
                drawn.stream().mapToLong(Integer::longValue).toArray(), new float[0], new float[0], states);
    }

    private int next(Span span, int length) {
        return tokenOfHash.applyAsInt(Math.floorMod(hash(span, length), 1 << 20));
    }

    private int hash(Span span, int length) {
        int hash = 17;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ cache[slot(span, i)]) * 0x01000193 + (hash >>> 15);
        }
        return hash;
    }

    private int slot(Span span, int position) {
        return span.blocks()[position / shape.blockTokens()] * shape.blockTokens() + position % shape.blockTokens();
    }

    @Override
    public boolean prepare() {
        if (unprepared.get() == 0) {
            return false;
        }
        preparations.acquireUninterruptibly();
        return unprepared.decrementAndGet() > 0;
    }

    @Override
    public void rest() {
        rests.incrementAndGet();
    }

    @Override
    public void close() {}
}
