package dev.millrace.bench.engine;

import dev.millrace.bench.Options;
import dev.millrace.bench.checkpoint.CheckpointMaker;
import dev.millrace.bench.report.Timings;
import dev.millrace.gpu.generate.djl.Engine;
import dev.millrace.gpu.generate.djl.EngineOptions;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Script;
import dev.millrace.gpu.generate.djl.Span;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** How long single steps take, in the widths and forms asked for: what to look at while a kernel is being worked on. */
public final class StepTimes {

    /** Until the weights lie as so many streams would have them. */
    private static final int WARMUPS = 48;

    private static final int PROMPT_WARMUPS = 3;
    private static final int BLOCK_TOKENS = 16;

    private final Options options;
    private final PrintStream out;

    public StepTimes(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Prints a line for each; false where the device is not there. */
    public boolean run() throws IOException {
        if (!options.device().equals("cpu") && Script.cudaDevices() == 0) {
            out.println("Nothing can be measured: device is " + options.device()
                    + ", but PyTorch, as it is here, sees no GPU");
            return false;
        }
        Checkpoint checkpoint = Checkpoint.open(
                CheckpointMaker.make(options.shape(), options.directory().resolve("models")));
        for (Quantization quantization : options.quantizations()) {
            long started = System.nanoTime();
            try (Engine engine = Engine.open(checkpoint, engineOptions(quantization))) {
                boolean left = true;
                while (left) {
                    left = engine.prepare();
                }
                out.printf(Locale.ROOT, "%s, loaded in %.1f s%n", engine.shape(), (System.nanoTime() - started) / 1e9);
                for (Options.Decode decode : options.decodes()) {
                    int room = WARMUPS + options.rounds();
                    Runnable step = new Decoding(engine, decode, room, Span.Output.DRAW);
                    tell(quantization, "decode " + decode, decode.sequences(), WARMUPS, step);
                }
                for (int length : options.prefills()) {
                    tell(quantization, "prefill " + length, length, PROMPT_WARMUPS, new Prefill(engine, length));
                }
            }
        }
        return true;
    }

    private EngineOptions engineOptions(Quantization quantization) {
        int room = WARMUPS + options.rounds() + BLOCK_TOKENS;
        long decoded = options.decodes().stream()
                .mapToLong(decode ->
                        (long) decode.sequences() * (decode.context() + room + BLOCK_TOKENS) + decode.shared())
                .max()
                .orElse(1);
        long read =
                options.prefills().stream().mapToLong(length -> length).max().orElse(1);
        return new EngineOptions(
                options.device(),
                Precision.BFLOAT16,
                quantization,
                0,
                BLOCK_TOKENS,
                Math.max(decoded, read),
                options.threads());
    }

    private void tell(Quantization quantization, String what, int tokens, int warmups, Runnable step) {
        Timings timings = Timings.of(warmups, options.rounds(), step);
        out.printf(
                Locale.ROOT,
                "%-8s %-14s median %8.2f ms, minimum %8.2f ms, %8.1f tokens/s%n",
                quantization,
                what,
                timings.medianMillis(),
                timings.minimumMillis(),
                tokens * 1000 / timings.medianMillis());
    }
}
