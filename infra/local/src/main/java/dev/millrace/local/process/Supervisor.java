package dev.millrace.local.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Keeps the parts of one stack running; owns the data directory while it does. */
public final class Supervisor implements AutoCloseable {

    private final DirectoryLock lock;
    private final Path run;
    private final Path logs;
    private final Narrator narrator;
    private final Clock clock;
    private final Map<String, Supervised> parts = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "process-restarter");
        thread.setDaemon(true);
        return thread;
    });

    private Supervisor(DirectoryLock lock, Path data, Narrator narrator, Clock clock) {
        this.lock = lock;
        this.run = data.resolve("run");
        this.logs = data.resolve("logs");
        this.narrator = narrator;
        this.clock = clock;
    }

    /** Takes the data directory, or fails if another stack has it, and ends what an earlier one left running in it. */
    public static Supervisor open(Path data, Narrator narrator, Clock clock) throws IOException {
        Supervisor supervisor = new Supervisor(DirectoryLock.take(data), data, narrator, clock);
        for (String stale : PidFile.endStale(supervisor.run)) {
            narrator.say("Ended what an earlier run left behind: " + stale);
        }
        return supervisor;
    }

    public Supervised add(Part part) throws IOException {
        Supervised supervised = new Supervised(part, run, logs, narrator, timer, clock);
        if (parts.putIfAbsent(part.name(), supervised) != null) {
            throw new IllegalArgumentException("Two parts are named " + part.name());
        }
        return supervised;
    }

    /** From now on nothing is started any more. */
    public void seal() {
        parts.values().forEach(Supervised::seal);
    }

    /** Stops these, all at the same time, and returns when all have ended. */
    public void stop(List<Supervised> together) throws InterruptedException {
        List<Thread> stoppers = together.stream()
                .map(part -> new Thread(part::stop, "stop-" + part.name()))
                .toList();
        stoppers.forEach(Thread::start);
        for (Thread stopper : stoppers) {
            stopper.join();
        }
    }

    @Override
    public void close() throws IOException {
        timer.shutdownNow();
        for (Supervised part : parts.values()) {
            part.close();
        }
        lock.close();
    }
}
