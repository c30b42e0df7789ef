package dev.millrace.gpu.work;

import dev.millrace.event.HeldWork;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Load;
import dev.millrace.gpu.work.Attempt.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The runs that a worker holds, and their turns at the generator and at the pen. Used by the desk's thread. */
final class Bench {

    private final Generator generator;
    private final int prefetch;
    private final long maxHeldBytes;
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final Deque<Run> waiting = new ArrayDeque<>();
    private final Set<Run> stalled = new LinkedHashSet<>();
    private long heldBytes;
    private volatile boolean full;

    Bench(Generator generator, int prefetch, long maxHeldBytes) {
        this.generator = generator;
        this.prefetch = prefetch;
        this.maxHeldBytes = maxHeldBytes;
    }

    void add(String requestId, Run run) {
        runs.put(requestId, run);
        heldBytes += run.attempt().bytes();
        measure();
    }

    void remove(String requestId, Run run) {
        if (runs.remove(requestId, run)) {
            heldBytes -= run.attempt().bytes();
        }
        waiting.remove(run);
        stalled.remove(run);
        measure();
    }

    private void measure() {
        full = runs.size() >= generator.load().slots() + prefetch || heldBytes >= maxHeldBytes;
    }

    @Nullable
    Run get(String requestId) {
        return runs.get(requestId);
    }

    List<Run> all() {
        return List.copyOf(runs.values());
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** Whether no more should be taken for now. Safe from any thread. */
    boolean isFull() {
        return full;
    }

    List<HeldWork> held() {
        return runs.values().stream().map(run -> run.attempt().held()).toList();
    }

    int freeSlots() {
        if (heldBytes >= maxHeldBytes) {
            return 0;
        }
        Load load = generator.load();
        return Math.max(0, Math.min(load.freeSlots(), load.slots() - runs.size()));
    }

    /** The run wants room in the generator. */
    void await(Run run) {
        waiting.addLast(run);
        startWaiting();
    }

    void startWaiting() {
        waiting.removeIf(run -> run.attempt().phase() != Phase.WAITING);
        for (Run next = firstTold(); next != null && hasRoomFor(next); next = firstTold()) {
            waiting.remove(next);
            next.start(generator);
        }
    }

    private @Nullable Run firstTold() {
        return waiting.stream().filter(Run::isTold).findFirst().orElse(null);
    }

    private boolean hasRoomFor(Run run) {
        List<Run> running = runs.values().stream().filter(Run::isRunning).toList();
        if (run.attempt().work().getAlone() && !running.isEmpty()
                || running.stream().anyMatch(one -> one.attempt().work().getAlone())) {
            return false;
        }
        Load load = generator.load();
        return running.size() < load.slots() && load.freeSlots() > 0;
    }

    /** The run has something to write and may not. */
    void stall(Run run) {
        stalled.add(run);
    }

    void resumeStalled() {
        if (!stalled.isEmpty()) {
            List<Run> again = new ArrayList<>(stalled);
            stalled.clear();
            again.forEach(Run::drain);
        }
    }
}
