package dev.millrace.bench.engine;

import dev.millrace.bench.peer.Peer;
import dev.millrace.bench.report.Line;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Two engines at the same thing, by turns.
 *
 * @param ours tokens a second
 * @param peers the same of the other engine, 0 where it did not run
 * @param absence why it did not run
 */
record Race(double ours, double peers, String absence) {

    private static final int ROUNDS = 3;

    /** Measures one of them once. */
    interface Runner<T> {
        double run(T engine) throws IOException;
    }

    static Race run(Asker asker, Runner<Asker> ours, @Nullable Peer peer, Runner<Peer> peers) throws IOException {
        double[] mine = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        String absence = peer == null ? "no folder of the peer was named with -Dpeer=" : "";
        for (int i = 0; i < ROUNDS; i++) {
            mine[i] = ours.run(asker);
            if (peer != null && absence.isEmpty()) {
                try {
                    theirs[i] = peers.run(peer);
                } catch (IOException e) {
                    absence = "the peer failed: " + e.getMessage();
                }
            }
        }
        return new Race(Rates.median(mine), absence.isEmpty() ? Rates.median(theirs) : 0, absence);
    }

    /** How it went against the other engine. */
    Line against(String what, double least) {
        if (!absence.isEmpty()) {
            return Line.notRun(what, absence);
        }
        String basis = String.format(Locale.ROOT, "%.1f tokens/s against %.1f", ours, peers);
        return Line.atLeast(what, ours / peers, least, basis);
    }
}
