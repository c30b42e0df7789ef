package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failure;
import java.util.concurrent.CompletionStage;

/** One way in which a client gets its answer. Called under its exchange's lock. */
interface Delivery {

    /** What the client gets first; it ends when the status is known. */
    CompletionStage<Reply> reply();

    /** A chunk that counts. */
    void chunk(Chunk chunk);

    void finished(Tally tally);

    void failed(Failure failure);

    /** The client left: nothing more goes out, and what never began has this for an end. */
    void gone(Failure failure);

    /** Time passes. */
    void tick(long nowNanos);

    /** Whether more may be handed over now. */
    boolean hasRoom();
}
