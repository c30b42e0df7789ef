package dev.millrace.router.schedule;

import dev.millrace.event.CloseCause;
import dev.millrace.event.Outcome;
import dev.millrace.router.schedule.Decision.Loss;
import dev.millrace.router.schedule.Entry.Closing;
import dev.millrace.router.schedule.Entry.Phase;
import java.util.List;

/** What time alone brings about. */
final class Deadlines {

    private final Book book;
    private final SchedulerConfig config;
    private final Holdings holdings;

    Deadlines(Book book, SchedulerConfig config, Holdings holdings) {
        this.book = book;
        this.config = config;
        this.holdings = holdings;
    }

    /** A worker that was not heard of for a lease has lost what it held. */
    void loseSilent(Model model) {
        for (Worker worker : List.copyOf(model.pools.workers.values())) {
            if (book.clock - worker.reportedAt > config.leaseMillis()) {
                holdings.loseAll(model, worker, Loss.WORKER_SILENT);
            }
        }
    }

    /** @param known whether anybody ever spoke of the model */
    void closeUnserved(Model model, boolean known) {
        long workerlessMillis = model.workerlessMillis(book.clock);
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

    /** Its time has come; what for, its phase tells. */
    void judge(Entry entry) {
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
            book.stop(entry.id(), to.worker(), entry.attempt(), Outcome.FAILED, "no first token in time");
            book.lost(entry, Loss.NO_FIRST_TOKEN, true, false);
        } else {
            book.lost(entry, Loss.NOT_SEEN, false, false);
        }
    }
}
