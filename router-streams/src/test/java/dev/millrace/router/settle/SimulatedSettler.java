package dev.millrace.router.settle;

import dev.millrace.router.simulation.Logs;
import java.util.Optional;

/** The settler's memory over simulated logs, with crashes. */
public final class SimulatedSettler {

    private static final SettlerConfig CONFIG = new SettlerConfig(200, 6000, 100_800_000, 3, 15_000);

    private final Logs logs;
    private final boolean looksBack;
    private Chronicle chronicle;
    private int next;
    private int committed;

    public SimulatedSettler(Logs logs, boolean looksBack) {
        this.logs = logs;
        this.looksBack = looksBack;
        this.chronicle = begin(0);
    }

    private Chronicle begin(int offset) {
        return new Chronicle(Logs.REPLY_PARTITION, offset, CONFIG, (partition, from, to, reader) -> {
            for (long at = from; looksBack && at < to; at++) {
                Logs.Logged record = logs.replies.get((int) at);
                reader.read(record.event(), at, record.atMillis());
            }
        });
    }

    /** Reads the next reply; true if there was one. */
    public boolean step() {
        if (next >= logs.replies.size()) {
            return false;
        }
        Logs.Logged record = logs.replies.get(next);
        Optional<Settlement> end = chronicle.read(record.event(), next, record.atMillis());
        end.ifPresent(settlement -> logs.usage.add(settlement.usage()));
        next++;
        return true;
    }

    /** @param all a mistake: as if nothing could be open */
    public void commit(boolean all) {
        committed = all ? next : (int) chronicle.settledUpTo();
    }

    public void crash() {
        next = committed;
        chronicle = begin(committed);
    }

    public boolean isDone() {
        return next == logs.replies.size();
    }
}
