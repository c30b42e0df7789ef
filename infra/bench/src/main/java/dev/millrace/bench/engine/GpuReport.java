package dev.millrace.bench.engine;

import dev.millrace.bench.Options;
import dev.millrace.bench.checkpoint.CheckpointMaker;
import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.bench.limits.LimitMeter;
import dev.millrace.bench.limits.Limits;
import dev.millrace.bench.report.Line;
import dev.millrace.bench.report.Machine;
import dev.millrace.bench.report.Report;
import dev.millrace.bench.report.ReportWriter;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Script;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/** The engine on a GPU, where PyTorch has one. */
public final class GpuReport {

    private static final String DEVICE = "cuda";
    private static final Path DRIVER = Path.of("/proc/driver/nvidia");
    private static final int[] BATCHES = {16, 64, 256};
    private static final int[] PROMPTS = {512, 4096};
    private static final int MAX_BATCH = 256;
    private static final int CACHE_TOKENS = 1 << 17;
    private static final int CONTEXT = 256;
    private static final int WRITTEN = 128;
    private static final int ROUNDS = 3;

    private final Path models;

    GpuReport(Path models) {
        this.models = models;
    }

    /** Without what the processor can do. */
    public static Report alone(Options options, PrintStream out) throws IOException {
        ReportWriter report = new ReportWriter("The engine on a GPU", Machine.describe(), out);
        new GpuReport(options.directory().resolve("models")).addTo(report);
        return report.write(options.directory(), "gpu");
    }

    void addTo(ReportWriter report) throws IOException {
        if (Script.cudaDevices() == 0) {
            String reason = Files.exists(DRIVER)
                    ? "there is an NVIDIA device, but PyTorch was not built for CUDA"
                    : "this machine has no NVIDIA device";
            report.add(Line.notRun("GPU", reason));
            return;
        }
        Limits limits = new LimitMeter(DEVICE).measure();
        report.add(Line.told(
                "GPU, memory bandwidth",
                String.format(Locale.ROOT, "%.0f GB/s", limits.bandwidth().perSecond() / 1e9),
                limits.bandwidth().by()));
        report.add(Line.told(
                "GPU, bf16 product",
                String.format(Locale.ROOT, "%.0f TFLOP/s", limits.arithmetic().perSecond() / 1e12),
                limits.arithmetic().by()));
        for (ModelShape shape : List.of(ModelShape.SMALL, ModelShape.LARGE)) {
            CheckpointMaker.make(shape, models);
            add(report, shape, limits);
        }
    }

    private void add(ReportWriter report, ModelShape shape, Limits limits) throws IOException {
        Served.Place place = new Served.Place(models, DEVICE, 0, MAX_BATCH, CACHE_TOKENS);
        String name = "GPU, " + shape.name() + ", ";
        try (Served served = place.load(shape, Quantization.NONE)) {
            Asker asker = served.asker();
            Answer first = asker.ask(asker.prompt(CONTEXT), 1).await();
            double seconds = (first.nanos()[0] - served.loadStartedNanos()) / 1e9;
            report.add(Line.told(
                    name + "first token after the start of loading",
                    String.format(Locale.ROOT, "%.1f s", seconds),
                    "its file read before"));

            asker.rate(1, CONTEXT, WRITTEN);
            double one = best(() -> asker.rate(1, CONTEXT, WRITTEN));
            double share = one * shape.stepWeightBytes() / limits.bandwidth().perSecond();
            report.add(told(name + "one stream", one, "%.1f %% of the bandwidth".formatted(100 * share)));
            for (int batch : BATCHES) {
                asker.rate(batch, CONTEXT, WRITTEN);
                double rate = best(() -> asker.rate(batch, CONTEXT, WRITTEN));
                report.add(told(name + batch + " streams", rate, "%.1f times one stream".formatted(rate / one)));
            }
            for (int prompt : PROMPTS) {
                asker.millisToFirst(prompt);
                double rate = best(() -> prompt * 1000 / asker.millisToFirst(prompt));
                double operations = shape.prefillOperations(prompt) * rate / prompt;
                double ofPeak = operations / limits.arithmetic().perSecond();
                report.add(told(
                        name + "prefill of " + prompt + " tokens",
                        rate,
                        "%.1f %% of the product's peak".formatted(100 * ofPeak)));
            }
            report.add(SecondTurn.of(asker).told(name));
        }
    }

    private static double best(DoubleSupplier rate) {
        double best = 0;
        for (int i = 0; i < ROUNDS; i++) {
            best = Math.max(best, rate.getAsDouble());
        }
        return best;
    }

    private static Line told(String what, double rate, String basis) {
        return Line.told(what, String.format(Locale.ROOT, "%.1f tokens/s", rate), basis);
    }
}
