package dev.millrace.bench.limits;

import dev.millrace.bench.report.Timings;
import dev.millrace.gpu.generate.djl.PassingThread;
import dev.millrace.gpu.generate.djl.Script;

/** A way that is ready to be measured. Keeps its operands until it is closed. */
public final class Gauge implements AutoCloseable {

    private static final int ROUNDS = 3;

    private final Way way;
    private final Script script;

    Gauge(Way way, Scripts scripts) {
        this.way = way;
        this.script = way.packed() ? scripts.packed() : scripts.plain();
        way.prepare().accept(script);
        way.run().accept(script);
    }

    /** What the device does a second now. */
    public double perSecond() {
        return PassingThread.run(() -> now(ROUNDS));
    }

    /** The same on the calling thread, the best of several runs. */
    double now(int rounds) {
        return way.amount()
                * 1000
                / Timings.of(0, rounds, () -> way.run().accept(script)).minimumMillis();
    }

    /** What all of several runs come to, slow moments included, a second. */
    double steadily(int rounds) {
        return way.amount()
                * 1000
                / Timings.of(0, rounds, () -> way.run().accept(script)).meanMillis();
    }

    @Override
    public void close() {
        script.close();
    }
}
