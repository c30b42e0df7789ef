package dev.millrace.bench.engine;

import dev.millrace.gpu.generate.djl.Draw;
import dev.millrace.gpu.generate.djl.Engine;
import dev.millrace.gpu.generate.djl.Span;
import dev.millrace.gpu.generate.djl.Step;
import java.util.List;
import java.util.Random;

/** One prompt read in one step, the same each time. */
final class Prefill implements Runnable {

    private final Engine engine;
    private final Step step;

    Prefill(Engine engine, int length) {
        this.engine = engine;
        int[] tokens =
                new Random(length).ints(length, 0, engine.shape().vocabulary()).toArray();
        int[] blocks = Decoding.blocks(engine.shape(), 0, length);
        step = new Step(List.of(new Span(tokens, 0, blocks, Span.Output.DRAW)), Draw.greedy());
    }

    @Override
    public void run() {
        engine.step(step);
    }
}
