package dev.millrace.router.schedule;

import dev.millrace.event.CancelWork;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.Failure;
import dev.millrace.event.Outcome;
import dev.millrace.router.schedule.Decision.Loss;
import dev.millrace.router.schedule.Entry.Closing;
import dev.millrace.router.schedule.Entry.Phase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All entries with their indexes, and the steps from one phase to the next; each change is noted as a decision. */
final class Book {

    private static final int MAX_JUMP_BITS = 10;

    private final String router;
    private final SchedulerConfig config;
    private final QueueConfig queue;
    private final Failures failures;
    private final Map<String, Entry> entries = new HashMap<>();
    private final TreeSet<Entry> dues =
            new TreeSet<>(Comparator.comparingLong(Entry::dueMillis).thenComparing(Entry::id));
    private final Map<String, Model> models = new LinkedHashMap<>();
    private final Map<String, Fresh> fresh = new LinkedHashMap<>();
    private List<Decision> decisions = new ArrayList<>();
    private int waiting;
    private long waitingBytes;
    long now;
    long clock;
    long sentTick;

    /**
     * A phase that the router began by writing something. It may be far behind in reading, and nobody can react before it
     * has written: so the phase's time runs from the first tick that was sent after.
     */
    private record Fresh(long sentTick, long atMillis) {}

    Book(String router, SchedulerConfig config, QueueConfig queue) {
        this.router = router;
        this.config = config;
        this.queue = queue;
        this.failures = new Failures(config.retryAfterMillis());
    }

    @Nullable
    Entry get(String requestId) {
        return entries.get(requestId);
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    Collection<Model> models() {
        return models.values();
    }

    Model model(String name) {
        return models.computeIfAbsent(name, unknown -> new Model(unknown, queue, clock));
    }

    Model model(Entry entry) {
        return model(entry.ticket().model());
    }

    boolean hasRoomFor(long bytes) {
        return waiting < queue.maxWaiting() && waitingBytes + bytes <= queue.maxWaitingBytes();
    }

    /** The entry that is due first, if any is. */
    @Nullable
    Entry firstDue() {
        return dues.isEmpty() || dues.first().dueMillis() > now ? null : dues.first();
    }

    void decide(Decision decision) {
        decisions.add(decision);
    }

    List<Decision> takeDecisions() {
        List<Decision> taken = decisions;
        decisions = new ArrayList<>();
        return taken;
    }

    void restore(Entry entry) {
        model(entry).waiting.recall(entry);
        entries.put(entry.id(), entry);
        if (entry.phase() != Phase.QUEUED) {
            fresh.put(entry.id(), new Fresh(sentTick, entry.sinceMillis()));
        }
        index(entry);
    }

    void put(Entry changed) {
        Entry entry = changed.due(dueMillis(changed));
        Entry before = entries.put(entry.id(), entry);
        if (before != null) {
            unindex(before);
        }
        if (entry.phase() == Phase.QUEUED) {
            fresh.remove(entry.id());
        } else if (before == null || !before.isInSameStepAs(entry)) {
            fresh.put(entry.id(), new Fresh(sentTick, now));
        }
        index(entry);
        decide(new Decision.Save(entry));
    }

    /** A tick of ours was read back: the clocks of what was begun before it was sent run from now on. */
    void startClocks(long tick) {
        List<String> begun = fresh.entrySet().stream()
                .filter(each -> each.getValue().sentTick() < tick)
                .map(Map.Entry::getKey)
                .toList();
        for (String requestId : begun) {
            Fresh since = Objects.requireNonNull(fresh.remove(requestId));
            Entry entry = Objects.requireNonNull(entries.get(requestId));
            unindex(entry);
            Entry shifted = entry.later(now - since.atMillis());
            Entry timed = shifted.due(dueMillis(shifted));
            entries.put(requestId, timed);
            index(timed);
        }
    }

    void forget(Entry entry) {
        entries.remove(entry.id());
        fresh.remove(entry.id());
        unindex(entry);
        decide(new Decision.Forget(entry.id()));
    }

    /** What the log's time alone can bring about; where a phase has a clock of its own, that was set with it. */
    private long dueMillis(Entry entry) {
        boolean ownClock = entry.cancelled() || entry.phase() == Phase.RELEASED || entry.phase() == Phase.CLOSING;
        if (ownClock) {
            return entry.dueMillis();
        }
        long due = entry.ticket().lifetimeEndMillis();
        if (entry.phase() == Phase.QUEUED) {
            return Math.min(due, queueEndMillis(entry));
        }
        Assignment to = entry.assignment();
        if (to != null && !to.started()) {
            due = Math.min(due, firstTokenEndMillis(entry));
        }
        return to == null || to.seen() ? due : Math.min(due, entry.sinceMillis() + config.assignmentMillis());
    }

    static long queueEndMillis(Entry entry) {
        return entry.sinceMillis() + entry.ticket().request().getQueueTimeoutMillis();
    }

    static long firstTokenEndMillis(Entry entry) {
        return entry.sinceMillis() + entry.ticket().request().getFirstTokenTimeoutMillis();
    }

    private void index(Entry entry) {
        if (!fresh.containsKey(entry.id())) {
            dues.add(entry);
        }
        Assignment to = entry.assignment();
        if (entry.phase() == Phase.QUEUED) {
            model(entry).waiting.add(entry);
            waiting++;
            waitingBytes += entry.ticket().bytes();
        } else if (entry.phase() == Phase.ASSIGNED && to != null) {
            Worker worker = model(entry).worker(to.worker(), clock);
            worker.knowNumber(to.number());
            worker.inFlight.add(entry.id());
            worker.reservedFor = entry.isAlone() ? entry.id() : worker.reservedFor;
        }
    }

    private void unindex(Entry entry) {
        dues.remove(entry);
        Model model = model(entry);
        Assignment to = entry.assignment();
        if (entry.phase() == Phase.QUEUED) {
            model.waiting.remove(entry);
            waiting--;
            waitingBytes -= entry.ticket().bytes();
        } else if (entry.phase() == Phase.ASSIGNED && to != null) {
            Worker worker = model.pools.workers.get(to.worker());
            if (worker != null) {
                worker.inFlight.remove(entry.id());
            }
        }
        if (entry.isAlone()) {
            model.pools.endReservation(entry.id());
        }
    }

    void assign(Entry entry, Worker worker) {
        long number = worker.give(entry.id(), entry.ticket().request().getEstimatedTokens());
        Assignment to = new Assignment(worker.name, worker.pool, worker.provider, number, false, false);
        model(entry).waiting.served(entry, now);
        Entry assigned = entry.assigned(to, entry.attempt() + 1, now);
        put(assigned);
        decide(new Decision.Assign(assigned, to, worker.partitionFor(number), entry.isAlone(), now));
    }

    /** Its worker let go; if that was an end, the settlement comes within so long. */
    void release(Entry entry, long waitMillis) {
        put(entry.released(now).due(now + waitMillis));
    }

    /** What the last attempt did is lost; another follows, unless there were enough. */
    void lost(Entry entry, Loss loss, boolean fault, boolean death) {
        decide(new Decision.Lost(entry.ticket().model(), loss));
        Entry after = entry.withLoss(fault, death);
        if (after.cancelled()) {
            close(after, CloseCause.CANCELLED, "cancelled");
        } else if (after.isCondemned()) {
            decide(new Decision.Condemn(after, "its workers died each time that it ran, last while it ran alone"));
            close(after, CloseCause.POISON, "the request crashed the workers that ran it");
        } else if (after.losses() > config.retries() || after.attempt() >= config.maxAttempts()) {
            String message = "given up after " + after.attempt() + " attempts";
            Failure failure = loss == Loss.NO_FIRST_TOKEN
                    ? failures.late("no first token in time, " + message)
                    : failures.of(CloseCause.ATTEMPTS_EXHAUSTED, message);
            close(after, CloseCause.ATTEMPTS_EXHAUSTED, failure);
        } else {
            Assignment last = entry.assignment();
            boolean worksOn = loss == Loss.WORKER_SILENT || loss == Loss.NOT_SEEN;
            put(after.queuedAgain(worksOn, fault && last != null ? last.worker() : entry.avoid(), now));
        }
    }

    void close(Entry entry, CloseCause cause, String message) {
        close(entry, cause, failures.of(cause, message));
    }

    private void close(Entry entry, CloseCause cause, Failure failure) {
        if (entry.phase() == Phase.ASSIGNED && entry.assignment() != null) {
            stop(entry.id(), entry.assignment().worker(), entry.attempt(), Outcome.FAILED, "closed by the router");
        }
        Outcome outcome = cause == CloseCause.CANCELLED ? Outcome.CANCELLED : Outcome.FAILED;
        write(
                entry,
                new Closed(
                        entry.id(),
                        entry.attempt() + 1,
                        router,
                        cause,
                        outcome,
                        failure,
                        entry.ticket().request().getFacts()),
                1);
    }

    /** Its Closed was not settled: if it did not count then a higher attempt will, and a much higher one surely. */
    void closeAgain(Entry entry, Closing last) {
        if (last.times() >= config.maxCloses()) {
            decide(new Decision.Condemn(entry, "closed " + last.times() + " times, and never settled"));
            forget(entry);
            return;
        }
        int attempt = entry.attempt() + (1 << Math.min(last.times(), MAX_JUMP_BITS));
        Closed higher = Closed.newBuilder(last.event())
                .setAttempt(attempt)
                .setWorker(router)
                .build();
        write(entry, higher, last.times() + 1);
    }

    private void write(Entry entry, Closed event, int times) {
        put(entry.closing(new Closing(event, times), now).due(now + config.recloseMillis() * times));
        decide(new Decision.Close(entry.ticket().id(), event));
    }

    void stop(String requestId, String worker, int attempt, Outcome outcome, String cause) {
        decide(new Decision.Stop(new CancelWork(worker, requestId, attempt, outcome, cause)));
    }
}
