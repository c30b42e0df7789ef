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
        Steps first = steps(shape.withLayers(1));
        Steps second = steps(shape.withLayers(2));
        return List.of(
                line("one stream", first.one(), second.one(), head(shape, 1), 1000 / one),
                line("16 streams", first.together(), second.together(), head(shape, 16), 16_000 / together));
    }

    private double head(ModelShape shape, int rows) {
        return meter.productMillis(rows, shape.vocabulary(), shape.hidden());
    }

    private static Line line(String what, double one, double two, double head, double whole) {
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

    /** All in milliseconds a step. */
    static double rest(double one, double two, double head) {
        return one - (two - one) - head;
    }

    /** Milliseconds a step. */
    private record Steps(double one, double together) {}

    private Steps steps(ModelShape shape) throws IOException {
        try (Served served = place.load(shape, Quantization.NONE)) {
            Asker asker = served.asker();
            asker.rate(1, CONTEXT, WRITTEN);
            double[] one = new double[ROUNDS];
            double[] together = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                one[i] = 1000 / asker.rate(1, CONTEXT, WRITTEN);
                together[i] = 16_000 / asker.rate(16, CONTEXT, WRITTEN);
            }
            return new Steps(Rates.median(one), Rates.median(together));
        }
    }
}
