package dev.millrace.gpu.work;

import dev.millrace.event.Chunk;
import dev.millrace.gpu.generate.Load;
import dev.millrace.service.Meters;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what one worker does. Used by the desk's thread. */
final class Tally {

    private static final double MILLIS_PER_SECOND = 1000;

    private final Meters<WorkerMeter> meters;
    private final String model;
    private final Map<Run, Long> lastAtMillis = new HashMap<>();

    Tally(Meters<WorkerMeter> meters, String model) {
        this.meters = meters;
        this.model = model;
    }

    void admitted(Run run, long nowMillis) {
        lastAtMillis.put(run, nowMillis);
        if (run.attempt().work().getAttempt() > 1) {
            meters.count(WorkerMeter.TAKEOVERS, 1, model);
        }
    }

    void refused() {
        meters.count(WorkerMeter.REFUSED, 1, model);
    }

    void chunk(Run run, Chunk chunk, long nowMillis) {
        Long before = lastAtMillis.put(run, nowMillis);
        double seconds = before == null ? 0 : (nowMillis - before) / MILLIS_PER_SECOND;
        if (chunk.getPromptTokens() != null) {
            meters.observe(WorkerMeter.FIRST_CHUNK, seconds, model);
            meters.count(WorkerMeter.TOKENS, chunk.getPromptTokens(), model, "prompt");
            Integer cached = chunk.getCachedTokens();
            meters.count(WorkerMeter.TOKENS, cached == null ? 0 : cached, model, "cached");
        } else if (chunk.getTokens() > 0) {
            meters.observe(WorkerMeter.INTER_TOKEN, seconds / chunk.getTokens(), model);
        }
        meters.count(WorkerMeter.TOKENS, chunk.getTokens(), model, "output");
        meters.count(WorkerMeter.CHUNKS, 1, model);
    }

    void ended(Run run, @Nullable String reason) {
        lastAtMillis.remove(run);
        meters.count(WorkerMeter.ENDED, 1, model, reason == null ? "told" : reason.toLowerCase(Locale.ROOT));
    }

    void load(Load load, int freeSlots, int held, boolean leaseHeld) {
        meters.set(WorkerMeter.SLOTS, load.slots(), model);
        meters.set(WorkerMeter.FREE_SLOTS, freeSlots, model);
        meters.set(WorkerMeter.HELD, held, model);
        meters.set(WorkerMeter.TOKEN_BACKLOG, load.tokenBacklog(), model);
        meters.set(WorkerMeter.KV_BLOCKS, load.kvBlocks(), model);
        meters.set(WorkerMeter.KV_BLOCKS_USED, load.kvBlocksUsed(), model);
        meters.set(WorkerMeter.LEASE_HELD, leaseHeld ? 1 : 0, model);
    }
}
