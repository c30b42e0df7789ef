package dev.millrace.ingress.reply;

import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** The log of replies, read live. */
public interface ReplyLog {

    /** Where a new request's replies may go: nothing of it can be before this. Empty while the log is not read. */
    Optional<Place> place();

    /** From now on the listener hears every reply of the request that is read. */
    void follow(String requestId, Listener listener);

    void leave(String requestId);

    record Place(int partition, long offset) {}

    /** Hears replies in the order of the log, from one thread. Must not block. */
    interface Listener {

        void reply(SpecificRecord event, long offset);
    }
}
