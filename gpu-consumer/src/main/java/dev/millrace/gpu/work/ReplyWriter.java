package dev.millrace.gpu.work;

import dev.millrace.reply.RequestId;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Writes into the reply log, in the order in which it is called. */
interface ReplyWriter {

    /** Returns at once; the outcome comes later, on a thread that must not be held up. */
    void write(RequestId id, SpecificRecord event, Written written);

    /** What was written and not acknowledged yet. */
    long inFlightBytes();

    /** The outcome of a write. */
    @FunctionalInterface
    interface Written {
        void done(long offset, @Nullable Exception error);
    }
}
