package dev.millrace.router.schedule;

import dev.millrace.event.CancelRequested;
import dev.millrace.event.CloseCause;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.Decision.Loss;
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
    private final Holdings holdings;
    private final Deadlines deadlines;
    private final Set<String> earlyCancels = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_EARLY_CANCELS;
        }
    });
    private long lastTickMillis;
    /** By how much the log's clock was set back since, at which time goes on here. */
    private long setBackMillis;

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
        this.holdings = new Holdings(book, config, isRemembered);
        this.deadlines = new Deadlines(book, config, holdings);
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
            Ticket ticket = Ticket.of(id, request, bytes, book.now);
            Entry entry = Entry.queued(ticket, book.now);
            if (earlyCancels.remove(entry.id())) {
                book.close(entry, CloseCause.CANCELLED, "cancelled");
            } else if (wouldBeForgotten(ticket)) {
                book.close(entry, CloseCause.LIFETIME_EXCEEDED, "the request is older than it may become");
            } else if (!book.hasRoomFor(bytes)) {
                book.close(entry, CloseCause.OVERLOADED, "too much is waiting already");
            } else {
                // Only what is taken in counts as its tenant's use.
                book.put(Entry.queued(ticket.withTag(model.waiting.tagFor(ticket.request())), book.now));
                book.decide(new Decision.Accept(id, request));
                dispatch(model);
            }
        } else if (book.get(request.getRequestId()) != null) {
            book.decide(new Decision.KeepAgain(request));
        }
        return book.takeDecisions();
    }

    /** A record that could not be read said in its headers whose it was. */
    public List<Decision> unreadable(RequestId id, RequestFacts facts, String message, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(id.toString());
        if (entry == null && isNew(id.toString())) {
            entry = Entry.queued(Ticket.unreadable(id, facts, book.now), book.now);
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
            holdings.stopCancelled(entry.withCancelled());
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
            holdings.compare(worker, report);
            if (report.getLeaving()) {
                holdings.loseAll(model, worker, Loss.WORKER_LEFT);
            }
            dispatch(model);
        }
        return book.takeDecisions();
    }

    public List<Decision> started(WorkStarted started, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(started.getRequestId());
        if (entry != null && Holdings.isRunning(entry, started.getWorker(), started.getAttempt())) {
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
            holdings.letGo(entry, ended);
            dispatch(book.model(entry));
        }
        return book.takeDecisions();
    }

    /** The request's end is recorded. */
    public List<Decision> settled(String requestId, long atMillis) {
        advance(atMillis);
        Entry entry = book.get(requestId);
        if (entry != null) {
            holdings.done(entry);
            dispatch(book.model(entry));
        } else {
            // Also where it is remembered: this is read again after a crash, which may have come between two stores.
            book.decide(new Decision.Remember(requestId));
        }
        return book.takeDecisions();
    }

    /** A tick was written; it will be read back after all that was written before. */
    public void tickSent(long number) {
        book.sentTick = number;
    }

    /**
     * The log's clock moves on.
     *
     * @param number of a tick that this scheduler sent; 0 for one that somebody else did
     */
    public List<Decision> tick(long number, long atMillis) {
        moveClock(atMillis);
        advance(atMillis);
        book.startClocks(number);
        for (Model model : List.copyOf(book.models())) {
            model.pools.follow(rulebook.rules(model.name));
            deadlines.loseSilent(model);
            deadlines.closeUnserved(model, rulebook.isKnown(model.name));
        }
        for (Entry due = book.firstDue(); due != null; due = book.firstDue()) {
            deadlines.judge(due);
        }
        book.models().removeIf(Model::isEmpty);
        book.models().forEach(this::dispatch);
        return book.takeDecisions();
    }

    /** Whether time could change anything. */
    public boolean needsTicks() {
        return holdsRequests() || !book.models().isEmpty();
    }

    /** Whether anybody waits for what time changes. */
    public boolean holdsRequests() {
        return !book.entries().isEmpty();
    }

    public Collection<Entry> entries() {
        return List.copyOf(book.entries());
    }

    public List<Load> loads() {
        return book.models().stream().map(model -> model.load(book.now)).toList();
    }

    /** The log's time, as far as it was read. */
    public long nowMillis() {
        return book.now;
    }

    /** The broker that appends to the log may get another clock, or hand over to one that has: no wait may grow by that. */
    private void moveClock(long atMillis) {
        long passedMillis = lastTickMillis > 0 ? atMillis - lastTickMillis : 0;
        if (passedMillis < 0) {
            setBackMillis -= passedMillis;
        }
        book.clock += Math.max(0, Math.min(passedMillis, config.maxTickMillis()));
        lastTickMillis = atMillis;
    }

    private void advance(long atMillis) {
        book.now = Math.max(book.now, atMillis + setBackMillis);
    }

    private boolean isNew(String requestId) {
        return book.get(requestId) == null && !isRemembered.test(requestId);
    }

    /** Its id would be forgotten before its life is over, and a record of it that is read again would start anew. */
    private boolean wouldBeForgotten(Ticket ticket) {
        return ticket.lifetimeEndMillis() > ticket.id().timeMillis() + config.tombstoneMillis();
    }

    private Model modelFor(String name) {
        Model model = book.model(name);
        if (model.isEmpty()) {
            model.pools.follow(rulebook.rules(name));
        }
        return model;
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
