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
 * inside the step: models of one and of two layers, served as any other, differ by a layer, so a step of the first less
 * that difference and less the head's product, timed by itself, is the rest, whatever it consists of.
 */
final class Overhead {

    private static final double MOST = 0.05;
    private static final int WRITTEN = 96;
    private static final int CONTEXT = 32;
    private static final int ROUNDS = 5;

    private final Served.Place place;
    private final LimitMeter meter;

    Overhead(Served.Place place, LimitMeter meter) {
        this.place = place;
        this.meter = meter;
    }

    /**
     * A line for one stream and one for sixteen.
     *
     * @param one tokens a second that the whole model writes for one
     * @param together the same for sixteen
     */
    List<Line> lines(ModelShape shape, double one, double together) throws IOException {
        try (Served first = place.load(shape.withLayers(1), Quantization.NONE);
                Served second = place.load(shape.withLayers(2), Quantization.NONE)) {
            return List.of(
                    line("one stream", first, second, head(shape, 1), 1, 1000 / one),
                    line("16 streams", first, second, head(shape, 16), 16, 16_000 / together));
        }
    }

    private double head(ModelShape shape, int rows) {
        return meter.productMillis(rows, shape.vocabulary(), shape.hidden());
    }

    /** By turns, the best of each: what disturbs a step only ever makes it longer. */
    private static Line line(String what, Served first, Served second, double head, int streams, double whole) {
        step(first, streams);
        step(second, streams);
        double one = Double.MAX_VALUE;
        double two = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            one = Math.min(one, step(first, streams));
            two = Math.min(two, step(second, streams));
        }
        double rest = rest(one, two, head);
        String basis = String.format(
                Locale.ROOT,
                "%.2f of %.1f ms; with one layer %.2f, with two %.2f, the head's product %.2f",
                rest,
                whole,
                one,
                two,
                head);
        return Line.atMostShare("Java, JNI, sampling and bookkeeping in a step, " + what, rest / whole, MOST, basis);
    }

    /** Milliseconds. */
    private static double step(Served served, int streams) {
        return streams * 1000 / served.asker().rate(streams, CONTEXT, WRITTEN);
    }

    /** All in milliseconds a step. */
    static double rest(double one, double two, double head) {
        return one - Math.max(0, two - one) - head;
    }
}
