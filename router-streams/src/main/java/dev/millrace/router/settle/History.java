package dev.millrace.router.settle;

import org.apache.avro.specific.SpecificRecord;

/** Reads a reply partition's past, beside the reading of its present. */
interface History {

    /** All readable events from an offset on (or from where the log begins, if later) up to another, exclusively. */
    void read(int partition, long from, long to, Reader reader);

    /** Takes them in order. */
    interface Reader {
        void read(SpecificRecord event, long offset, long atMillis);
    }
}
