package dev.millrace.bench.engine;

import dev.millrace.bench.Options;
import dev.millrace.gpu.generate.djl.Draw;
import dev.millrace.gpu.generate.djl.Engine;
import dev.millrace.gpu.generate.djl.EngineShape;
import dev.millrace.gpu.generate.djl.Span;
import dev.millrace.gpu.generate.djl.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several sequences that each get one more token a step. Their contexts are whatever the cache holds: how long a step
 * takes does not depend on it.
 */
final class Decoding implements Runnable {

    private final Engine engine;
    private final Span.Output output;
    private final List<int[]> blocks = new ArrayList<>();
    private final int[] tokens;
    private int position;

    /** @param room how many steps there will be at most */
    Decoding(Engine engine, Options.Decode decode, int room, Span.Output output) {
        this.engine = engine;
        this.output = output;
        int shared = decode.shared() / engine.shape().blockTokens();
        this.position = shared * engine.shape().blockTokens() + decode.context();
        this.tokens = new int[decode.sequences()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (1 + i) % engine.shape().vocabulary();
            IntStream own = Arrays.stream(blocks(engine.shape(), i, decode.context() + room));
            blocks.add(IntStream.concat(IntStream.range(0, shared), own.map(block -> shared + block))
                    .toArray());
        }
    }

    static int[] blocks(EngineShape shape, int sequence, int length) {
        int count = (length + shape.blockTokens() - 1) / shape.blockTokens();
        int[] blocks = new int[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = sequence * count + i;
        }
        return blocks;
    }

    @Override
    public void run() {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            spans.add(new Span(new int[] {tokens[i]}, position, blocks.get(i), output));
        }
        long[] drawn = engine.step(new Step(spans, Draw.greedy())).ints();
        for (int i = 0; i < drawn.length; i++) {
            tokens[i] = Math.toIntExact(drawn[i]);
        }
        position++;
    }
}
