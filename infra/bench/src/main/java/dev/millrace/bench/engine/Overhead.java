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
        try (Served small = place.load(shape.withLayers(1), Quantization.NONE);
                Served whole = place.load(shape, Quantization.NONE)) {
            return List.of(line("one stream", shape, small, whole, 1), line("16 streams", shape, small, whole, 16));
        }
    }

    /** By turns, the best of each: what disturbs a step only ever makes it longer. */
    private Line line(String what, ModelShape shape, Served small, Served whole, int streams) {
        step(small, streams);
        step(whole, streams);
        double one = Double.MAX_VALUE;
        double all = Double.MAX_VALUE;
        double head = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            one = Math.min(one, step(small, streams));
            all = Math.min(all, step(whole, streams));
            head = Math.min(head, meter.productMillis(streams, shape.vocabulary(), shape.hidden()));
        }
        double rest = rest(one, all, shape.layers(), head);
        String basis = String.format(
                Locale.ROOT, "%.2f of %.1f ms; with one layer %.2f, the head's product %.2f", rest, all, one, head);
        return Line.atMostShare("Java, JNI, sampling and bookkeeping in a step, " + what, rest / all, MOST, basis);
    }

    /** Milliseconds. */
    private static double step(Served served, int streams) {
        return streams * 1000 / served.asker().rate(streams, CONTEXT, WRITTEN);
    }

    /** All in milliseconds a step. */
    static double rest(double one, double all, int layers, double head) {
        return one - Math.max(0, all - one) / (layers - 1) - head;
    }
}
