package dev.millrace.bench.engine;

import dev.millrace.bench.Options;
import dev.millrace.bench.checkpoint.CheckpointMaker;
import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.bench.limits.Gauge;
import dev.millrace.bench.limits.LimitMeter;
import dev.millrace.bench.limits.Limits;
import dev.millrace.bench.peer.Peer;
import dev.millrace.bench.report.Line;
import dev.millrace.bench.report.Machine;
import dev.millrace.bench.report.Report;
import dev.millrace.bench.report.ReportWriter;
import dev.millrace.bench.report.Resident;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The engine against the limits of its machine and, where there is one, against another engine. */
public final class EngineReport {

    private static final int MAX_BATCH = 32;
    private static final int CACHE_TOKENS = 8192;
    private static final int SHORT = 32;
    private static final int WRITTEN = 64;
    private static final int STREAMS = 16;
    private static final int CONTEXT = 256;
    private static final int PROMPT = 512;

    private final ModelShape shape;
    private final Path directory;
    private final @Nullable Peer peer;
    private final Served.Place place;
    private final ReportWriter report;

    public EngineReport(Options options, PrintStream out) {
        int threads =
                options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
        Path folder = options.peer();
        shape = options.shape();
        directory = options.directory();
        peer = folder == null ? null : new Peer(folder, threads);
        place = new Served.Place(directory.resolve("models"), "cpu", threads, MAX_BATCH, CACHE_TOKENS);
        report = new ReportWriter("The engine", Machine.describe(), out);
    }

    public Report run() throws IOException {
        CheckpointMaker.make(shape, place.models());
        // Whatever PyTorch starts with, a model is loaded with its threads.
        place.load(ModelShape.TINY, Quantization.NONE).close();
        LimitMeter meter = new LimitMeter(place.device());
        Limits before = meter.measure();
        Speeds bf16 = bf16(meter, before);
        judge(bf16, before, meter.measure());
        quantized(bf16);
        report.addAll(new Overhead(place, meter).lines(shape));
        report.addAll(new ManyRequests(place).lines());
        new GpuReport(directory.resolve("models")).addTo(report);
        return report.write(directory, "engine");
    }

    private void tell(Limits limits) {
        report.add(Line.told(
                "memory bandwidth",
                String.format(Locale.ROOT, "%.1f GB/s", limits.bandwidth().perSecond() / 1e9),
                String.format(
                        Locale.ROOT,
                        "%s over %.0f MiB, last-level cache %.0f MiB",
                        limits.bandwidth().by(),
                        Resident.mebibytes(limits.readBytes()),
                        Resident.mebibytes(limits.cacheBytes()))));
        report.add(Line.told(
                "bf16 product",
                String.format(Locale.ROOT, "%.2f TFLOP/s", limits.arithmetic().perSecond() / 1e12),
                limits.arithmetic().by()));
    }

    /** How fast bf16 is: one stream, sixteen, reading a prompt. */
    private record Speeds(Race one, Race together, Race prefill) {}

    private void judge(Speeds speeds, Limits before, Limits after) {
        tell(before.or(after));
        report.add(Line.told(
                "how far the limits lay apart, before and after",
                before.apart(after),
                "held to is what was measured beside each figure"));
        report.add(Line.share(
                "one stream, bf16, of bandwidth / weight bytes",
                speeds.one().ofBase(),
                0.8,
                perSecond(speeds.one().rate(), speeds.one().base())));
        report.add(speeds.one().against("one stream, bf16, against the peer", 1.2));
        report.add(Line.atLeast(
                "16 streams at 256 tokens of context, of one stream",
                speeds.together().ofBase(),
                8,
                perSecond(speeds.together().rate(), speeds.together().base())));
        report.add(speeds.together().against("16 streams, bf16, against the peer", 2));
        report.add(Line.share(
                "prefill of 512 tokens, of the product's peak",
                speeds.prefill().ofBase(),
                0.6,
                perSecond(speeds.prefill().rate(), speeds.prefill().base())));
        report.add(speeds.prefill().against("prefill of 512 tokens, against the peer", 1.5));
    }

    private Speeds bf16(LimitMeter meter, Limits limits) throws IOException {
        try (Gauge bandwidth = meter.gauge(limits.bandwidth());
                Gauge arithmetic = meter.gauge(limits.arithmetic())) {
            // Loading gives back what the C library has kept of the measurements; else it would count as the model's.
            place.load(ModelShape.TINY, Quantization.NONE).close();
            Memory memory = Memory.before(shape, CACHE_TOKENS);
            try (Served served = place.load(shape, Quantization.NONE)) {
                return bf16(served, memory, bandwidth, arithmetic);
            }
        }
    }

    private Speeds bf16(Served served, Memory memory, Gauge bandwidth, Gauge arithmetic) throws IOException {
        Asker asker = served.asker();
        Answer first = asker.ask(asker.prompt(SHORT / 2), 1).await();
        double seconds = (first.nanos()[0] - served.loadStartedNanos()) / 1e9;
        report.add(Line.atMost(
                "first token after the start of loading",
                seconds,
                10,
                "s",
                "a checkpoint of 1.2 GB, its file read before"));
        // Until the weights lie as they stay.
        asker.rate(1, SHORT, WRITTEN);
        memory.loaded();
        use(asker);
        report.addAll(memory.used());

        Race one = Race.run(
                asker,
                () -> bandwidth.perSecond() / shape.stepWeightBytes(),
                ours -> ours.rate(1, SHORT, WRITTEN),
                peer,
                theirs -> theirs.generating(Peer.Form.BF16, SHORT, WRITTEN));

        Race together = Race.run(
                asker,
                () -> settled(asker, 1, SHORT),
                ours -> settled(ours, STREAMS, CONTEXT),
                peer,
                theirs -> theirs.together(Peer.Form.BF16, STREAMS, CONTEXT, WRITTEN));

        Race prefill = Race.run(
                asker,
                () -> arithmetic.perSecond() * PROMPT / shape.prefillOperations(PROMPT),
                ours -> PROMPT * 1000 / ours.millisToFirst(PROMPT),
                peer,
                theirs -> theirs.reading(Peer.Form.BF16, PROMPT));

        return new Speeds(one, together, prefill);
    }

    /** Fills the cache more than once, before anything is measured beside the model that takes memory as well. */
    private void use(Asker asker) {
        settled(asker, STREAMS, CONTEXT);
        asker.rate(STREAMS, CONTEXT, WRITTEN);
        report.add(SecondTurn.of(asker).judged());
    }

    /** Once the weights lie as so many streams would have them. */
    private static double settled(Asker asker, int streams, int context) {
        asker.rate(streams, SHORT, WRITTEN);
        return asker.rate(streams, context, WRITTEN);
    }

    private void quantized(Speeds bf16) throws IOException {
        for (Quantization quantization : new Quantization[] {Quantization.INT8, Quantization.INT4_32}) {
            try (Served served = place.load(shape, quantization)) {
                Asker asker = served.asker();
                asker.rate(1, SHORT, WRITTEN);
                boolean four = quantization != Quantization.INT8;
                Race one = Race.run(
                        asker,
                        () -> bf16.one().rate(),
                        ours -> ours.rate(1, SHORT, WRITTEN),
                        four ? peer : null,
                        theirs -> theirs.generating(Peer.Form.Q4_0, SHORT, WRITTEN));
                if (four) {
                    report.add(Line.atLeast(
                            "one stream, int4, of bf16's rate", one.ofBase(), 1.8, perSecond(one.rate(), one.base())));
                    report.add(one.against("one stream, int4, against the peer's Q4_0", 1.1));
                } else {
                    report.add(Line.told("one stream, int8", perSecond(one.rate()), ""));
                }
                report.add(Line.told(
                        "16 streams, " + (four ? "int4" : "int8"),
                        perSecond(asker.rate(STREAMS, CONTEXT, WRITTEN / 2)),
                        ""));
            }
        }
    }

    private static String perSecond(double rate) {
        return String.format(Locale.ROOT, "%.1f tokens/s", rate);
    }

    private static String perSecond(double rate, double base) {
        return String.format(Locale.ROOT, "%.1f tokens/s of %.1f", rate, base);
    }
}
