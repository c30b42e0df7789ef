package dev.millrace.gpu.work;

import dev.millrace.event.WorkerReported;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Sends a worker's reports, as often as is useful and no more, and holds the lease that comes from them. */
final class Reporter {

    /** What may be unacknowledged: enough to renew the lease as soon as brokers are back, and no heap of old news. */
    private static final int MAX_IN_FLIGHT = 6;

    private final WorkerConfig config;
    private final ReportWriter writer;
    private final Supplier<WorkerReported.Builder> content;
    private final LongSupplier clockMillis;
    private final Executor desk;
    private final Lease lease;
    private long sequence;
    private long arrived;
    private long sentAtMillis = Long.MIN_VALUE / 2;
    private int inFlight;
    private boolean changed = true;
    private boolean left;

    Reporter(
            WorkerConfig config,
            ReportWriter writer,
            Supplier<WorkerReported.Builder> content,
            LongSupplier clockMillis,
            Executor desk) {
        this.config = config;
        this.writer = writer;
        this.content = content;
        this.clockMillis = clockMillis;
        this.desk = desk;
        this.lease = new Lease(config.leaseMillis());
    }

    boolean holdsLease() {
        return lease.isHeld(clockMillis.getAsLong());
    }

    /** Something that the router should know soon has changed. */
    void changed() {
        changed = true;
    }

    /** The number of the report that will be the first to tell of what is held now; it goes soon. */
    long next() {
        changed = true;
        return sequence + 1;
    }

    /** Whether the report of this number, or a later one, is where the router reads it. */
    boolean hasArrived(long number) {
        return arrived >= number;
    }

    /** Sends a report where one is due. */
    void turn() {
        long now = clockMillis.getAsLong();
        long pause = changed ? config.reportGapMillis() : config.reportIntervalMillis();
        if (!left && now - sentAtMillis >= pause && inFlight < MAX_IN_FLIGHT) {
            send(now, false);
        }
    }

    /** Sends the last report. */
    void leave() {
        if (!left) {
            left = true;
            send(clockMillis.getAsLong(), true);
        }
    }

    private void send(long now, boolean leaving) {
        changed = false;
        sentAtMillis = now;
        inFlight++;
        long number = ++sequence;
        WorkerReported report =
                content.get().setSequence(number).setLeaving(leaving).build();
        writer.write(
                report.getModel(),
                report,
                written -> desk.execute(() -> {
                    inFlight--;
                    if (written) {
                        lease.acknowledged(now);
                        arrived = Math.max(arrived, number);
                    }
                }));
    }
}
