package dev.millrace.gpu.work;

import org.apache.avro.specific.SpecificRecord;

/** Tells the router what a worker did, in order. */
interface ReportWriter {

    /** Returns at once; {@code acknowledged} hears whether it was written, on a thread that must not be held up. */
    void write(String model, SpecificRecord event, Acknowledged acknowledged);

    /** Whether a report was written. */
    @FunctionalInterface
    interface Acknowledged {
        void done(boolean written);
    }
}
