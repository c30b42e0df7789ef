package dev.millrace.gpu.generate.djl;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Tokens yet to be read or written, for whoever asks. Those of a job that waits for the loop count until the loop has
 * told them among its own, so that no job is ever missing.
 */
final class Backlog {

    /** Of jobs on their way, and of those that came since the loop last told its own. */
    private final AtomicLong arriving = new AtomicLong();

    /** Of the latter alone. */
    private long arrived;

    private volatile long held;

    /** From any thread, of a job that is on its way. */
    void arrives(long tokens) {
        arriving.addAndGet(tokens);
    }

    /** From the loop, of a job that has come. */
    void arrived(long tokens) {
        arrived += tokens;
    }

    /** From the loop, of all that it has. */
    void tell(long tokens) {
        held = tokens;
        arriving.addAndGet(-arrived);
        arrived = 0;
    }

    long tokens() {
        return held + arriving.get();
    }
}
