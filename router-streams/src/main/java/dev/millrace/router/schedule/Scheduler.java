package dev.millrace.router.schedule;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.CloseCause;
import dev.millrace.event.HeldWork;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Outcome;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.Decision.Loss;
import dev.millrace.router.schedule.Entry.Closing;
import dev.millrace.router.schedule.Entry.Phase;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides which worker runs which request, and what to do when that fails. One scheduler has one partition of the router:
 * all requests and all workers of the models in it.
 *
 * <p>Each call takes one event with the log's time of it and gives the decisions that follow. Nothing else moves it: what
 * depends on time happens at ticks, which are records of the log as well. Entries and remembered ids are all that must be
 * kept; what workers are doing they say again.
 */
public final class Scheduler {

    private static final int MAX_EARLY_CANCELS = 1000;

    private final SchedulerConfig config;
    private final Rulebook rulebook;
    private final Predicate<String> isRemembered;
    private final Book book;
    private final Set<String> earlyCancels = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_EARLY_CANCELS;
        }
    });
    private long lastTickMillis;

    /**
     * @param router who writes what the router writes
     * @param isRemembered whether a request of this id has ended
     */
    public Scheduler(
            String router,
            SchedulerConfig config,
            QueueConfig queue,
            Rulebook rulebook,
            Predicate<String> isRemembered) {
        this.config = config;
        this.rulebook = rulebook;
        this.isRemembered = isRemembered;
        this.book = new Book(router, config, queue);
    }

    /** Goes on from what was kept. */
    public void restore(Collection<Entry> kept) {
        kept.stream()
                .sorted(Comparator.comparingLong((Entry entry) -> entry.ticket().tag())
                        .thenComparing(Entry::id))
                .forEach(book::restore);
    }

    public List<Decision> request(RequestId id, InferenceRequested request, long bytes, long atMillis) {
        advance(atMillis);
        if (isNew(request.getRequestId())) {
            Model model = modelFor(request.getFacts().getModel());
            Ticket ticket = Ticket.of(id, request, bytes, model.waiting.tagFor(request));
            Entry entry = Entry.queued(ticket, book.now);
            if (earlyCancels.remove(entry.id())) {
                book.close(entry, CloseCause.CANCELLED, "cancelled");
            } else if (ticket.lifetimeEndMillis() <= book.now) {
                book.close(entry, CloseCause.LIFETIME_EXCEEDED, "the request is older than it may become");
            } else if (!book.hasRoomFor(bytes)) {
                book.close(entry, CloseCause.OVERLOADED, "too much is waiting already");
            } else {
                book.put(entry);
                book.decide(new Decision.Accept(id, request));
                dispatch(model);
            }
        }
        return book.takeDecisions();
    }

    /** A record that could not be read said in its headers whose it was. */
    public List<Decision> unreadable(RequestId id, RequestFacts facts, String message, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(id.toString());
        if (entry == null && isNew(id.toString())) {
            entry = Entry.queued(Ticket.unreadable(id, facts), book.now);
        }
        if (entry != null && entry.phase() != Phase.CLOSING) {
            book.close(entry, CloseCause.UNREADABLE, message);
        }
        return book.takeDecisions();
    }

    public List<Decision> cancel(CancelRequested cancel, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(cancel.getRequestId());
        if (entry == null) {
            if (isNew(cancel.getRequestId())) {
                earlyCancels.add(cancel.getRequestId());
            }
        } else if (entry.phase() == Phase.QUEUED) {
            book.close(entry, CloseCause.CANCELLED, cancel.getCause());
        } else if (!entry.cancelled() && entry.phase() == Phase.ASSIGNED) {
            stopCancelled(entry.withCancelled());
        } else if (!entry.cancelled() && entry.phase() == Phase.RELEASED) {
            book.put(entry.withCancelled());
        }
        return book.takeDecisions();
    }

    public List<Decision> report(WorkerReported report, long atMillis) {
        advance(atMillis);
        Model model = modelFor(report.getModel());
        Worker worker = model.worker(report.getWorker(), book.clock);
        if (report.getSequence() > worker.sequence) {
            worker.take(report, book.clock, unseen(worker, report.getHighestAssignment()));
            compare(worker, report);
            if (report.getLeaving()) {
                loseAll(model, worker, Loss.WORKER_LEFT);
            }
            dispatch(model);
        }
        return book.takeDecisions();
    }

    public List<Decision> started(WorkStarted started, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(started.getRequestId());
        if (entry != null && isRunning(entry, started.getWorker(), started.getAttempt())) {
            Assignment to = entry.assignment();
            if (to != null && !to.started()) {
                book.put(entry.with(to.withStarted()));
            }
        }
        return book.takeDecisions();
    }

    public List<Decision> ended(WorkEnded ended, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(ended.getRequestId());
        if (entry != null) {
            letGo(entry, ended);
            dispatch(book.model(entry));
        }
        return book.takeDecisions();
    }

    /** The request's end is recorded. */
    public List<Decision> settled(String requestId, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(requestId);
        if (entry != null) {
            done(entry);
        } else if (!isRemembered.test(requestId)) {
            book.decide(new Decision.Remember(requestId));
        }
        return book.takeDecisions();
    }

    /** The log's clock moves on. */
    public List<Decision> tick(long atMillis) {
        if (lastTickMillis > 0 && atMillis > lastTickMillis) {
            book.clock += Math.min(atMillis - lastTickMillis, config.maxTickMillis());
        }
        lastTickMillis = Math.max(lastTickMillis, atMillis);
        advance(atMillis);
        for (Model model : List.copyOf(book.models())) {
            model.pools.follow(rulebook.rules(model.name));
            loseSilent(model);
            closeUnserved(model);
        }
        for (Entry due = book.firstDue(); due != null; due = book.firstDue()) {
            judge(due);
        }
        book.models().removeIf(Model::isEmpty);
        book.models().forEach(this::dispatch);
        return book.takeDecisions();
    }

    /** Whether time could change anything. */
    public boolean needsTicks() {
        return !book.entries().isEmpty() || !book.models().isEmpty();
    }

    public Collection<Entry> entries() {
        return List.copyOf(book.entries());
    }

    public List<Load> loads() {
        return book.models().stream().map(model -> model.load(book.now)).toList();
    }

    private void advance(long atMillis) {
        book.now = Math.max(book.now, atMillis);
    }

    private boolean isNew(String requestId) {
        return book.get(requestId) == null && !isRemembered.test(requestId);
    }

    private Model modelFor(String name) {
        Model model = book.model(name);
        if (model.isEmpty()) {
            model.pools.follow(rulebook.rules(name));
        }
        return model;
    }

    private void stopCancelled(Entry entry) {
        Assignment to = entry.assignment();
        if (to != null) {
            book.stop(entry, to.worker(), entry.attempt(), Outcome.CANCELLED, "cancelled");
        }
        book.put(entry.due(book.now + config.cancelMillis()));
    }

    private static boolean isRunning(Entry entry, String worker, int attempt) {
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
    private void compare(Worker worker, WorkerReported report) {
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
            return;
        }
        if (entry.phase() == Phase.CLOSING || held.getAttempt() < entry.attempt()) {
            book.stop(entry, worker.name, held.getAttempt(), Outcome.FAILED, "superseded");
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

    /** The worker works on what the router had given up, or had forgotten to have given out. */
    private void adopt(Entry entry, Worker worker, HeldWork held) {
        Assignment last = entry.assignment();
        boolean known = last != null && entry.isWith(worker.name) && entry.attempt() == held.getAttempt();
        long number = known && last != null ? last.number() : 0;
        boolean started = held.getOutputTokens() > 0;
        Assignment to = new Assignment(worker.name, worker.pool, worker.provider, number, true, started);
        Entry adopted = entry.assigned(to, held.getAttempt(), book.now);
        if (adopted.cancelled()) {
            stopCancelled(adopted);
        } else {
            book.put(adopted);
        }
    }

    private void letGo(Entry entry, WorkEnded ended) {
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
                if (entry.phase() == Phase.ASSIGNED && entry.attempt() == ended.getAttempt()) {
                    refused(entry);
                }
            }
            case HANDED_OVER -> lostBy(entry, ended, Loss.HANDED_OVER, false);
            case SUPERSEDED -> lostBy(entry, ended, Loss.SUPERSEDED, false);
            case ABANDONED -> lostBy(entry, ended, Loss.ABANDONED, true);
            case OTHER -> lostBy(entry, ended, Loss.OTHER, true);
        }
    }

    private void refused(Entry entry) {
        Worker worker = workerOf(entry);
        if (worker != null) {
            worker.isFull();
        }
        book.lost(entry, Loss.REFUSED, false, false);
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

    private void done(Entry entry) {
        free(entry);
        book.forget(entry);
        dispatch(book.model(entry));
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

    private void loseSilent(Model model) {
        for (Worker worker : List.copyOf(model.pools.workers.values())) {
            if (book.clock - worker.reportedAt > config.leaseMillis()) {
                loseAll(model, worker, Loss.WORKER_SILENT);
            }
        }
    }

    private void loseAll(Model model, Worker worker, Loss loss) {
        for (String requestId : List.copyOf(worker.inFlight)) {
            Entry entry = book.get(requestId);
            if (entry != null && entry.assignment() != null) {
                boolean ran = entry.assignment().seen() && loss == Loss.WORKER_SILENT;
                book.lost(entry, loss, ran, ran);
            }
        }
        model.pools.workers.remove(worker.name);
    }

    private void closeUnserved(Model model) {
        long workerlessMillis = model.workerlessMillis(book.clock);
        boolean known = rulebook.isKnown(model.name);
        long patienceMillis = known ? config.noWorkerMillis() : config.unknownModelMillis();
        if (model.waiting.size() == 0 || model.pools.hasLive() || workerlessMillis < patienceMillis) {
            return;
        }
        for (Entry entry : model.waiting.all()) {
            Entry current = book.get(entry.id());
            if (current != null && book.now - current.sinceMillis() >= patienceMillis) {
                CloseCause cause = known ? CloseCause.NO_WORKER : CloseCause.UNKNOWN_MODEL;
                String message = known ? "no worker for model '" : "there is no model '";
                book.close(current, cause, message + model.name + "'");
            }
        }
    }

    private void judge(Entry entry) {
        boolean outlived = entry.ticket().lifetimeEndMillis() <= book.now;
        Closing closing = entry.closing();
        if (closing != null) {
            book.closeAgain(entry, closing);
        } else if (outlived) {
            book.close(entry, CloseCause.LIFETIME_EXCEEDED, "the request did not end within its lifetime");
        } else if (entry.phase() == Phase.RELEASED) {
            book.lost(entry, Loss.NOT_SETTLED, true, false);
        } else if (entry.phase() == Phase.QUEUED) {
            book.close(entry, CloseCause.QUEUE_DEADLINE, "no worker had room in time");
        } else if (entry.cancelled()) {
            book.close(entry, CloseCause.CANCELLED, "cancelled");
        } else {
            late(entry);
        }
    }

    private void late(Entry entry) {
        Assignment to = entry.assignment();
        if (to != null && Book.firstTokenEndMillis(entry) <= book.now && !to.started()) {
            book.stop(entry, to.worker(), entry.attempt(), Outcome.FAILED, "no first token in time");
            book.lost(entry, Loss.NO_FIRST_TOKEN, true, false);
        } else {
            book.lost(entry, Loss.NOT_SEEN, false, false);
        }
    }

    /** Gives out what can be given out. */
    private void dispatch(Model model) {
        Set<String> passedOver = new HashSet<>();
        for (Entry next = model.waiting.first(book.now, passedOver);
                next != null;
                next = model.waiting.first(book.now, passedOver)) {
            Entry entry = Objects.requireNonNull(book.get(next.id()));
            Worker worker = entry.isAlone()
                    ? model.pools.reserve(entry).orElse(null)
                    : model.pools.choose(entry, book.now).orElse(null);
            if (worker != null) {
                book.assign(entry, worker);
            } else if (entry.isAlone()) {
                passedOver.add(entry.id());
            } else {
                return;
            }
        }
    }
}
