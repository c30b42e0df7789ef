package dev.millrace.bench.engine;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.bench.limits.LimitMeter;
import dev.millrace.bench.limits.Limits;
import dev.millrace.bench.report.Line;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The engine on a GPU, where PyTorch has one. */
final class GpuReport {

    private static final String DEVICE = "cuda";
    private static final Path DRIVER = Path.of("/proc/driver/nvidia");
    private static final int[] BATCHES = {16, 64, 256};
    private static final int MAX_BATCH = 256;
    private static final int CACHE_TOKENS = 1 << 17;
    private static final int CONTEXT = 256;
    private static final int WRITTEN = 128;

    private final Path models;

    GpuReport(Path models) {
        this.models = models;
    }

    List<Line> lines() throws IOException {
        if (Script.cudaDevices() == 0) {
            String reason = Files.exists(DRIVER)
                    ? "there is an NVIDIA device, but PyTorch was not built for CUDA"
                    : "this machine has no NVIDIA device";
            return List.of(Line.notRun("GPU", reason));
        }
        Limits limits;
        try (LimitMeter meter = new LimitMeter(DEVICE)) {
            limits = meter.measure();
        }
        List<Line> lines = new ArrayList<>();
        lines.add(Line.told(
                "GPU, memory bandwidth",
                String.format(Locale.ROOT, "%.0f GB/s", limits.bandwidth().perSecond() / 1e9),
                limits.bandwidth().by()));
        for (ModelShape shape : List.of(ModelShape.SMALL, ModelShape.LARGE)) {
            lines.addAll(lines(shape, limits));
        }
        return lines;
    }

    private List<Line> lines(ModelShape shape, Limits limits) throws IOException {
        List<Line> lines = new ArrayList<>();
        Served.Place place = new Served.Place(models, DEVICE, 0, MAX_BATCH, CACHE_TOKENS);
        String name = "GPU, " + shape.name();
        try (Served served = place.load(shape, Quantization.NONE)) {
            Asker asker = served.asker();
            asker.rate(1, CONTEXT, WRITTEN);
            double one = asker.rate(1, CONTEXT, WRITTEN);
            double best = limits.bandwidth().perSecond() / shape.stepWeightBytes();
            String figure = String.format(Locale.ROOT, "%.1f tokens/s, %.1f %% of bandwidth", one, 100 * one / best);
            lines.add(Line.told(name + ", one stream", figure, ""));
            for (int batch : BATCHES) {
                double rate = asker.rate(batch, CONTEXT, WRITTEN);
                lines.add(Line.told(
                        name + ", " + batch + " streams", String.format(Locale.ROOT, "%.1f tokens/s", rate), ""));
            }
        }
        return lines;
    }
}
