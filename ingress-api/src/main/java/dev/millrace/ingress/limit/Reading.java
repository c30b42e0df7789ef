package dev.millrace.ingress.limit;

import dev.millrace.ingress.error.Refusals;
import jakarta.inject.Singleton;
import java.util.concurrent.Semaphore;

/**
 * Bounds what is read, checked and written on at once, by weight: on that way a body takes many times its bytes. Small
 * bodies do not wait for large ones.
 */
@Singleton
public final class Reading {

    private static final long RETRY_AFTER_MILLIS = 1000;
    private static final int SMALL_BYTES = 64 << 10;
    private static final int UNIT_BYTES = 1 << 10;

    private final int units;
    private final Semaphore free;

    public Reading(LimitConfig limits) {
        this.units = Math.max(1, limits.maxBytesReadAtOnce() / UNIT_BYTES);
        this.free = new Semaphore(units, true);
    }

    /** Waits for room to read a body of this size. */
    public Place enter(int bytes) {
        if (bytes <= SMALL_BYTES) {
            return new Place(0);
        }
        int needed = Math.min(units, bytes / UNIT_BYTES + 1);
        try {
            free.acquire(needed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusals.unavailable(
                    null, "shutting_down", "This server is shutting down; please try again.", RETRY_AFTER_MILLIS);
        }
        return new Place(needed);
    }

    /** Room that is held. */
    public final class Place implements AutoCloseable {

        private final int held;

        private Place(int held) {
            this.held = held;
        }

        @Override
        public void close() {
            free.release(held);
        }
    }
}
