package dev.millrace.router.schedule;

import dev.millrace.event.CancelWork;
import dev.millrace.event.Closed;
import dev.millrace.event.InferenceRequested;
import dev.millrace.reply.RequestId;

/** What the scheduler wants done. The shell does it and adds nothing. */
public sealed interface Decision {

    /** Keep the whole request, and tell the client that it is in the queue. */
    record Accept(RequestId id, InferenceRequested request) implements Decision {}

    /** The request came again: keep the whole of it, where that was lost. */
    record KeepAgain(InferenceRequested request) implements Decision {}

    /** Give the whole request to a worker. */
    record Assign(Entry entry, Assignment to, int partition, boolean alone, long nowMillis) implements Decision {}

    /** Write the end into the reply log. */
    record Close(RequestId id, Closed event) implements Decision {}

    /** Tell a worker to stop. */
    record Stop(CancelWork event) implements Decision {}

    /** Keep the entry as it is now. */
    record Save(Entry entry) implements Decision {}

    /** The request is done: forget entry and body, remember the id. */
    record Forget(String requestId) implements Decision {}

    /** Remember the id, so that the request starts nothing when it comes, and keep nothing else of it. */
    record Remember(String requestId) implements Decision {}

    /** Keep a request that killed its workers for an operator to look at. */
    record Condemn(Entry entry, String message) implements Decision {}

    /** Work was lost; for the record. */
    record Lost(String model, Loss loss) implements Decision {}

    /** Why work was lost. */
    enum Loss {
        WORKER_SILENT,
        WORKER_LEFT,
        NOT_SEEN,
        NOT_SETTLED,
        NO_FIRST_TOKEN,
        REFUSED,
        ABANDONED,
        HANDED_OVER,
        SUPERSEDED,
        OTHER
    }
}
