package dev.millrace.router.schedule;

import dev.millrace.event.HeldWork;
import dev.millrace.event.Outcome;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkerReported;
import dev.millrace.router.schedule.Decision.Loss;
import dev.millrace.router.schedule.Entry.Phase;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What workers hold, by their own word, and what becomes of it when they hold it no longer. */
final class Holdings {

    private final Book book;
    private final SchedulerConfig config;
    private final Predicate<String> isRemembered;

    Holdings(Book book, SchedulerConfig config, Predicate<String> isRemembered) {
        this.book = book;
        this.config = config;
        this.isRemembered = isRemembered;
    }

    static boolean isRunning(Entry entry, String worker, int attempt) {
        return entry.phase() == Phase.ASSIGNED && entry.isWith(worker) && entry.attempt() == attempt;
    }

    private int unseen(Worker worker, long highestSeen) {
        int unseen = 0;
        for (String requestId : worker.inFlight) {
            Entry entry = book.get(requestId);
            if (entry != null
                    && entry.assignment() != null
                    && entry.assignment().number() > highestSeen) {
                unseen++;
            }
        }
        return unseen;
    }

    /** What a worker says it holds, and what the router thinks that it holds. */
    void compare(Worker worker, WorkerReported report) {
        worker.take(report, book.clock, unseen(worker, report.getHighestAssignment()));
        Set<String> held = new HashSet<>();
        for (HeldWork work : report.getHeld()) {
            hold(worker, work);
            held.add(work.getRequestId() + '#' + work.getAttempt());
        }
        for (String requestId : List.copyOf(worker.inFlight)) {
            Entry entry = book.get(requestId);
            if (entry == null || entry.assignment() == null) {
                continue;
            }
            boolean seen = entry.assignment().number() <= report.getHighestAssignment();
            if (seen && !held.contains(requestId + '#' + entry.attempt())) {
                book.release(entry, config.releaseMillis());
            }
        }
    }

    private void hold(Worker worker, HeldWork held) {
        Entry entry = book.get(held.getRequestId());
        if (entry == null) {
            if (isRemembered.test(held.getRequestId())) {
                // It ended without this attempt, which can count no more.
                book.stop(held.getRequestId(), worker.name, held.getAttempt(), Outcome.FAILED, "ended");
            }
            return;
        }
        if (entry.phase() == Phase.CLOSING || held.getAttempt() < entry.attempt()) {
            book.stop(entry.id(), worker.name, held.getAttempt(), Outcome.FAILED, "superseded");
        } else if (isRunning(entry, worker.name, held.getAttempt())) {
            Assignment to = entry.assignment();
            if (to != null && !to.seen()) {
                book.put(entry.with(to.withSeen()));
            }
        } else if (held.getAttempt() > entry.attempt() || isFreeFor(entry, worker)) {
            adopt(entry, worker, held);
        }
    }

    private static boolean isFreeFor(Entry entry, Worker worker) {
        return entry.isWith(worker.name) && (entry.phase() == Phase.QUEUED || entry.phase() == Phase.RELEASED);
    }

    /**
     * The worker works on what the router had given up, or had forgotten to have given out. If it was taken for dead, it
     * was not: its work would be condemned for two deaths of one worker that pauses before it dies.
     */
    private void adopt(Entry entry, Worker worker, HeldWork held) {
        Assignment last = entry.assignment();
        boolean known = last != null && entry.isWith(worker.name) && entry.attempt() == held.getAttempt();
        long number = known && last != null ? last.number() : 0;
        boolean started = held.getOutputTokens() > 0;
        Assignment to = new Assignment(worker.name, worker.pool, worker.provider, number, true, started);
        boolean givenUp = known && entry.phase() == Phase.QUEUED;
        Entry alive = givenUp && last != null ? entry.withoutLoss(last.seen(), mayHaveDied(entry, last)) : entry;
        Entry adopted = alive.assigned(to, held.getAttempt(), book.now);
        if (adopted.cancelled()) {
            stopCancelled(adopted);
        } else {
            book.put(adopted);
        }
    }

    void letGo(Entry entry, WorkEnded ended) {
        switch (ended.getReason()) {
            case END_FOUND -> done(entry);
            case FINISHED, FAILED -> {
                boolean mayCount = entry.attempt() == ended.getAttempt() && entry.isWith(ended.getWorker());
                if (mayCount && (entry.phase() == Phase.ASSIGNED || entry.phase() == Phase.QUEUED)) {
                    free(entry);
                    book.release(entry, config.settleMillis());
                }
            }
            case REFUSED -> {
                // Whoever found it in its partition refuses it, in the name of whoever it was meant for or in its own.
                // One that is known to have it is not meant: then it was read again by others, as it was not committed.
                Assignment to = entry.assignment();
                boolean unreadable = ended.getAttempt() == 0 && entry.isWith(ended.getWorker());
                boolean untaken = entry.attempt() == ended.getAttempt() && to != null && !to.seen();
                if (entry.phase() == Phase.ASSIGNED && (unreadable || untaken)) {
                    refused(entry, unreadable);
                }
            }
            case HANDED_OVER -> lostBy(entry, ended, Loss.HANDED_OVER, false);
            case SUPERSEDED -> lostBy(entry, ended, Loss.SUPERSEDED, false);
            case ABANDONED -> lostBy(entry, ended, Loss.ABANDONED, true);
            case OTHER -> lostBy(entry, ended, Loss.OTHER, true);
        }
    }

    private void refused(Entry entry, boolean fault) {
        Worker worker = workerOf(entry);
        if (worker != null) {
            worker.isFull();
        }
        book.lost(entry, Loss.REFUSED, fault, false);
    }

    private void lostBy(Entry entry, WorkEnded ended, Loss loss, boolean fault) {
        Entry seen = entry.phase() == Phase.CLOSING ? entry : entry.withSeenAttempt(ended.getSeenAttempt());
        if (isRunning(entry, ended.getWorker(), ended.getAttempt())) {
            free(entry);
            book.lost(seen, loss, fault, false);
        } else if (seen.attempt() > entry.attempt()) {
            book.put(seen);
        }
    }

    /** Its end is recorded, or was found. */
    void done(Entry entry) {
        free(entry);
        book.forget(entry);
    }

    private void free(Entry entry) {
        Worker worker = workerOf(entry);
        if (worker != null) {
            worker.ended(entry.id(), book.now - entry.sinceMillis());
        }
    }

    private @Nullable Worker workerOf(Entry entry) {
        Assignment to = entry.assignment();
        return to == null ? null : book.model(entry).pools.workers.get(to.worker());
    }

    /** Asks the worker to end it; if nothing comes of that, the router will. */
    void stopCancelled(Entry entry) {
        Assignment to = entry.assignment();
        if (to != null) {
            book.stop(entry.id(), to.worker(), entry.attempt(), Outcome.CANCELLED, "cancelled");
        }
        book.put(entry.due(book.now + config.cancelMillis()));
    }

    /** A first attempt may have run before a report could tell of it; later ones wait for that. */
    private static boolean mayHaveDied(Entry entry, Assignment of) {
        return of.seen() || entry.attempt() == 1;
    }

    /** All that it held goes to others. */
    void loseAll(Model model, Worker worker, Loss loss) {
        for (String requestId : List.copyOf(worker.inFlight)) {
            Entry entry = book.get(requestId);
            if (entry != null && entry.assignment() != null) {
                boolean silent = loss == Loss.WORKER_SILENT;
                book.lost(
                        entry,
                        loss,
                        silent && entry.assignment().seen(),
                        silent && mayHaveDied(entry, entry.assignment()));
            }
        }
        model.pools.workers.remove(worker.name);
    }
}
