package dev.millrace.ingress.reply;

/** Reads again for clients that were too slow. */
interface CatchUp {

    /** Reads on for this exchange until it has caught up or its client has enough again. Does not block. */
    void readFor(Exchange exchange);
}
