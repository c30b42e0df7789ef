package dev.millrace.bench.engine;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.bench.limits.LimitMeter;
import dev.millrace.bench.report.Line;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
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
    private static final int ROUNDS = 7;

    private final Served.Place place;
    private final LimitMeter meter;

    Overhead(Served.Place place, LimitMeter meter) {
        this.place = place;
        this.meter = meter;
    }

    /** A line for one stream and one for sixteen. */
    List<Line> lines(ModelShape shape) throws IOException {
        try (Served one = place.load(shape.withLayers(1), Quantization.NONE);
                Served all = place.load(shape, Quantization.NONE)) {
            return List.of(line("one stream", one, all, 1), line("16 streams", one, all, 16));
        }
    }

    /**
     * What is subtracted from each other shares its moment: the head's product is timed between two runs of what it is
     * subtracted from, each a mean over as many steps, and the middle round counts. What comes before the rounds is for
     * the weights to lie as so many streams would have them.
     */
    private Line line(String what, Served one, Served all, int streams) {
        ModelShape shape = all.shape();
        stepMillis(one, streams);
        stepMillis(all, streams);
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            double before = stepMillis(one, streams);
            double head = meter.productMillis(streams, shape.vocabulary(), shape.hidden(), WRITTEN);
            double after = stepMillis(one, streams);
            rounds.add(new Round((before + after) / 2, stepMillis(all, streams), head, shape.layers()));
        }
        Round middle = Round.middle(rounds);
        String basis = String.format(
                Locale.ROOT,
                "%.2f of %.1f ms; with one layer %.2f, the head's product %.2f",
                middle.rest(),
                middle.all(),
                middle.one(),
                middle.head());
        return Line.atMostShare("Java, JNI, sampling and bookkeeping in a step, " + what, middle.share(), MOST, basis);
    }

    private static double stepMillis(Served served, int streams) {
        return streams * 1000 / served.asker().rate(streams, CONTEXT, WRITTEN);
    }

    /**
     * What was measured beside each other, in milliseconds a step.
     *
     * @param one with a single layer
     * @param all with all layers
     * @param head the head's product alone
     */
    record Round(double one, double all, double head, int layers) {

        double rest() {
            return one - Math.max(0, all - one) / (layers - 1) - head;
        }

        double share() {
            return rest() / all;
        }

        static Round middle(List<Round> rounds) {
            return rounds.stream()
                    .sorted(Comparator.comparingDouble(Round::share))
                    .skip(rounds.size() / 2)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
