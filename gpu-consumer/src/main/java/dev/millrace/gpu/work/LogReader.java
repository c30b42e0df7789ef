package dev.millrace.gpu.work;

import dev.millrace.reply.RequestId;
import java.util.concurrent.CompletableFuture;

/** Reads what counts of a request in the reply log. */
@FunctionalInterface
interface LogReader {

    /** Reads from the request's first possible reply up to and with an offset. */
    CompletableFuture<LogView> read(RequestId id, long upToOffset);
}
