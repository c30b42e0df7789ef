package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Span.Output;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Drives an engine by hand: one sequence or several, whole or in chunks, in blocks of the caller's choice. */
final class GoldenRun {

    static final int BLOCK_TOKENS = 16;
    static final int BLOCKS = 640;

    /** Where goldens are run: {@code -Dgoldens.device=cuda} on a machine that has one. */
    static final String DEVICE = System.getProperty("goldens.device", "cpu");

    private GoldenRun() {}

    static Engine open(Path directory) {
        return open(directory, Precision.FLOAT32, Quantization.NONE, BLOCKS * BLOCK_TOKENS);
    }

    static Engine open(Path directory, Precision precision, Quantization quantization, int cacheTokens) {
        EngineOptions options = new EngineOptions(DEVICE, precision, quantization, 0, BLOCK_TOKENS, cacheTokens, 0);
        return Engine.open(Checkpoint.open(directory), options);
    }

    /** Attending as is said, whatever suits the device. */
    static Engine open(
            Path directory, Precision precision, Quantization quantization, int cacheTokens, boolean grouped) {
        EngineOptions options =
                new EngineOptions(DEVICE, precision, quantization, 0, BLOCK_TOKENS, cacheTokens, 0, grouped);
        return Engine.open(Checkpoint.open(directory), options);
    }

    /** Blocks that lie together from {@code first}. */
    static int[] together(int first, int tokens) {
        int[] blocks = new int[(tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = first + i;
        }
        return blocks;
    }

    /** Every {@code stride}-th block downwards from {@code last}. */
    static int[] scattered(int last, int stride, int tokens) {
        int[] blocks = new int[(tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = last - i * stride;
        }
        return blocks;
    }

    /** Reads a prompt in chunks and returns what each of them gave, one after the other. */
    static float[] read(Engine engine, int[] prompt, int chunk, int[] blocks, Output output) {
        List<float[]> parts = new ArrayList<>();
        int size = 0;
        for (int at = 0; at < prompt.length; at += chunk) {
            int[] tokens = Arrays.copyOfRange(prompt, at, Math.min(prompt.length, at + chunk));
            StepResult result = engine.step(new Step(List.of(new Span(tokens, at, blocks, output)), Draw.greedy()));
            parts.add(output == Output.HIDDEN ? result.hidden() : result.logits());
            size += parts.get(parts.size() - 1).length;
        }
        float[] all = new float[size];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /** Lets several engines read the same tokens, drawn by chance, into these blocks. */
    static void read(Random random, int length, int[] blocks, Engine... engines) {
        int[] tokens = random.ints(length, 0, engines[0].shape().vocabulary()).toArray();
        for (Engine engine : engines) {
            engine.step(new Step(List.of(new Span(tokens, 0, blocks, Output.NONE)), Draw.greedy()));
        }
    }

    /** Reads several prompts in chunks beside one another and lets each go on greedily for {@code tokens} tokens. */
    static List<int[]> greedy(Engine engine, List<int[]> prompts, int chunk, List<int[]> blocks, int tokens) {
        int[] limits = new int[prompts.size()];
        Arrays.fill(limits, tokens);
        return greedy(engine, prompts, chunk, blocks, limits);
    }

    /** The same with a limit for each. */
    static List<int[]> greedy(Engine engine, List<int[]> prompts, int chunk, List<int[]> blocks, int[] limits) {
        List<int[]> drawn = new ArrayList<>();
        int[] read = new int[prompts.size()];
        int[] written = new int[prompts.size()];
        Arrays.stream(limits).forEach(limit -> drawn.add(new int[limit]));
        while (!Arrays.equals(written, limits)) {
            List<Span> spans = new ArrayList<>();
            List<Integer> drawing = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                int[] prompt = prompts.get(i);
                if (read[i] < prompt.length) {
                    int end = Math.min(prompt.length, read[i] + chunk);
                    Output output = end == prompt.length ? Output.DRAW : Output.NONE;
                    spans.add(new Span(Arrays.copyOfRange(prompt, read[i], end), read[i], blocks.get(i), output));
                    read[i] = end;
                    if (end == prompt.length) {
                        drawing.add(i);
                    }
                } else if (written[i] < limits[i]) {
                    int[] last = {drawn.get(i)[written[i] - 1]};
                    spans.add(new Span(last, prompt.length + written[i] - 1, blocks.get(i), Output.DRAW));
                    drawing.add(i);
                }
            }
            long[] ids = engine.step(new Step(spans, Draw.greedy())).ints();
            for (int row = 0; row < drawing.size(); row++) {
                int i = drawing.get(row);
                drawn.get(i)[written[i]++] = (int) ids[row];
            }
        }
        return drawn;
    }
}
