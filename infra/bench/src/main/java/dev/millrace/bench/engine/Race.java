package dev.millrace.bench.engine;

import dev.millrace.bench.peer.Peer;
import dev.millrace.bench.report.Line;
import java.io.IOException;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Our engine, what it is held to and another engine, by turns: machines have slow moments, and what is compared has to
 * share them. All in tokens a second, one of each a round.
 *
 * @param bases the better of two measurements, just before ours and just after
 * @param peers empty where the other engine did not run
 * @param absence why it did not run
 */
record Race(double[] ours, double[] bases, double[] peers, String absence) {

    private static final int ROUNDS = 5;

    /** Measures the other engine once. */
    interface Runner {
        double run(Peer peer) throws IOException;
    }

    static Race run(Asker asker, DoubleSupplier base, ToDoubleFunction<Asker> ours, @Nullable Peer peer, Runner peers) {
        double[] own = new double[ROUNDS];
        double[] bases = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        String absence = peer == null ? "no folder of the peer was named with -Dpeer=" : "";
        for (int i = 0; i < ROUNDS; i++) {
            double before = base.getAsDouble();
            own[i] = ours.applyAsDouble(asker);
            bases[i] = Math.max(before, base.getAsDouble());
            if (peer != null && absence.isEmpty()) {
                try {
                    theirs[i] = peers.run(peer);
                } catch (IOException e) {
                    absence = "the peer failed: " + e.getMessage();
                }
            }
        }
        return new Race(own, bases, absence.isEmpty() ? theirs : new double[0], absence);
    }

    /** Our tokens a second. */
    double rate() {
        return Rates.median(ours);
    }

    double base() {
        return Rates.median(bases);
    }

    /** Of what it is held to; of the rounds' ratios the middle one. */
    double ofBase() {
        return ratio(bases);
    }

    /** How it went against the other engine. */
    Line against(String what, double least) {
        if (!absence.isEmpty()) {
            return Line.notRun(what, absence);
        }
        String basis = String.format(Locale.ROOT, "%.1f tokens/s against %.1f", rate(), Rates.median(peers));
        return Line.atLeast(what, ratio(peers), least, basis);
    }

    private double ratio(double[] others) {
        return Rates.median(IntStream.range(0, ours.length)
                .mapToDouble(i -> ours[i] / others[i])
                .toArray());
    }
}
