package dev.millrace.bench.engine;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.bench.limits.LimitMeter;
import dev.millrace.bench.report.Line;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What a step takes beside its layers and its head's product: Java, JNI, sampling, bookkeeping. Found without a clock
 * inside the step: the whole model and one of a single layer, served as any other, differ by all layers but one, so a
 * step of the small one less its layer and less the head's product, timed by itself, is the rest, whatever it consists
 * of.
 */
final class Overhead {

    private static final double MOST = 0.05;
    private static final int WRITTEN = 48;
    private static final int CONTEXT = 32;
    private static final int ROUNDS = 4;

    private final Served.Place place;
    private final LimitMeter meter;

    Overhead(Served.Place place, LimitMeter meter) {
        this.place = place;
        this.meter = meter;
    }

    /** A line for one stream and one for sixteen. */
    List<Line> lines(ModelShape shape) throws IOException {
        return List.of(line("one stream", shape, 1), line("16 streams", shape, 16));
    }

    /** By turns, the best of each: what disturbs a step only ever makes it longer. One model at a time has its threads. */
    private Line line(String what, ModelShape shape, int streams) throws IOException {
        double one = Double.MAX_VALUE;
        double all = Double.MAX_VALUE;
        double head = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            one = Math.min(one, stepMillis(shape.withLayers(1), streams));
            all = Math.min(all, stepMillis(shape, streams));
            head = Math.min(head, meter.productMillis(streams, shape.vocabulary(), shape.hidden()));
        }
        double rest = rest(one, all, shape.layers(), head);
        String basis = String.format(
                Locale.ROOT, "%.2f of %.1f ms; with one layer %.2f, the head's product %.2f", rest, all, one, head);
        return Line.atMostShare("Java, JNI, sampling and bookkeeping in a step, " + what, rest / all, MOST, basis);
    }

    private double stepMillis(ModelShape shape, int streams) throws IOException {
        try (Served served = place.load(shape, Quantization.NONE)) {
            Asker asker = served.asker();
            asker.rate(streams, CONTEXT, WRITTEN);
            return streams * 1000 / asker.rate(streams, CONTEXT, WRITTEN);
        }
    }

    /** All in milliseconds a step. */
    static double rest(double one, double all, int layers, double head) {
        return one - Math.max(0, all - one) / (layers - 1) - head;
    }
}
