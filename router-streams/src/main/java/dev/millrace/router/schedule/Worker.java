package dev.millrace.router.schedule;

import dev.millrace.event.WorkerReported;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker as the router sees it: what it said last, and what it was given since. */
final class Worker {

    private static final double SMOOTHING = 0.2;

    final String name;
    final Set<String> inFlight = new LinkedHashSet<>();
    String pool = "";
    String provider = "";
    List<Integer> partitions = List.of();
    int slots;
    long backlog;
    long sequence = Long.MIN_VALUE;
    long highestSeen;
    long reportedAt;
    boolean draining;

    /** The request that waits for this worker to be idle, to run on it alone. */
    @Nullable
    String reservedFor;

    private int allowance;
    private long lastNumber;
    private double turnoverMillis = Double.MAX_VALUE;

    Worker(String name, long clock) {
        this.name = name;
        this.reportedAt = clock;
    }

    void take(WorkerReported report, long clock, int unseen) {
        pool = report.getPool();
        provider = report.getProvider();
        partitions = report.getPartitions();
        slots = report.getSlots();
        backlog = report.getTokenBacklog();
        sequence = report.getSequence();
        draining = report.getDraining();
        highestSeen = report.getHighestAssignment();
        lastNumber = Math.max(lastNumber, highestSeen);
        allowance = report.getFreeSlots() - unseen;
        reportedAt = clock;
    }

    /** An entry that was restored shows that this number is given out. */
    void knowNumber(long number) {
        lastNumber = Math.max(lastNumber, number);
    }

    boolean canTake() {
        return !draining && !partitions.isEmpty();
    }

    boolean hasRoom() {
        return canTake() && reservedFor == null && allowance > 0 && inFlight.size() < slots;
    }

    /** Room beyond its slots: only where one of them will soon be free. */
    boolean hasRoomAhead(QueueConfig config) {
        return canTake()
                && reservedFor == null
                && turnoverMillis <= config.prefetchTurnoverMillis()
                && allowance > -config.prefetch()
                && inFlight.size() < slots + config.prefetch();
    }

    boolean isIdle() {
        return inFlight.isEmpty() && allowance >= slots;
    }

    long give(String requestId, long estimatedTokens) {
        inFlight.add(requestId);
        allowance--;
        backlog += estimatedTokens;
        return ++lastNumber;
    }

    int partitionFor(long number) {
        return partitions.get(Math.floorMod(number, partitions.size()));
    }

    /** The worker let go of it, by its own word. */
    void ended(String requestId, long heldMillis) {
        if (inFlight.remove(requestId)) {
            allowance++;
            double each = (double) heldMillis / Math.max(1, slots);
            turnoverMillis =
                    turnoverMillis == Double.MAX_VALUE ? each : turnoverMillis + SMOOTHING * (each - turnoverMillis);
        }
    }

    /** It took less than the router thought; nothing more until it says what it has. */
    void isFull() {
        allowance = Math.min(allowance, -slots);
    }
}
