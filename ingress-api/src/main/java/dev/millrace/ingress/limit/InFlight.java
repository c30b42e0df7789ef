package dev.millrace.ingress.limit;

import dev.millrace.ingress.error.Refusals;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what is under way here; past a bound there is a clear answer instead of a slow death. */
@Singleton
public final class InFlight {

    private static final long RETRY_AFTER_MILLIS = 1000;

    private final LimitConfig limits;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final AtomicLong answerBytes = new AtomicLong();
    private volatile boolean draining;

    public InFlight(LimitConfig limits) {
        this.limits = limits;
    }

    /** Room for a request with a body of this size. */
    public Slot enter(long bytes) {
        if (draining) {
            throw Refusals.unavailable(
                    null, "shutting_down", "This server is shutting down; please try again.", RETRY_AFTER_MILLIS);
        }
        if (requests.incrementAndGet() > limits.maxInFlight()) {
            requests.decrementAndGet();
            throw Refusals.overloaded("Too many requests are under way here.", RETRY_AFTER_MILLIS);
        }
        if (bodyBytes.addAndGet(bytes) > limits.maxBodyBytesInFlight()) {
            requests.decrementAndGet();
            bodyBytes.addAndGet(-bytes);
            throw Refusals.overloaded("Too many bytes of requests are under way here.", RETRY_AFTER_MILLIS);
        }
        return new Slot(bytes);
    }

    /** From now on nobody enters. */
    public void drain() {
        draining = true;
    }

    public boolean isDraining() {
        return draining;
    }

    public int requests() {
        return requests.get();
    }

    public long bodyBytes() {
        return bodyBytes.get();
    }

    public long answerBytes() {
        return answerBytes.get();
    }

    /** A request's room. Its body counts to its end, because the server holds the bytes as long as the request. */
    public final class Slot {

        private final AtomicLong bytes;
        private final AtomicBoolean held = new AtomicBoolean(true);
        private long gathered;
        private volatile Runnable whenReleased = () -> {};

        private Slot(long bytes) {
            this.bytes = new AtomicLong(bytes);
        }

        public void whenReleased(Runnable told) {
            whenReleased = told;
        }

        /** The body is there, and no larger than this: what it might have been is given back. */
        public void bodyHas(long known) {
            long before = bytes.getAndUpdate(held -> Math.min(held, known));
            bodyBytes.addAndGet(Math.min(before, known) - before);
        }

        /** Takes room for more of an answer; false where there is none. What comes after the release takes none. */
        public synchronized boolean gather(long more) {
            if (!held.get()) {
                return true;
            }
            gathered += more;
            return answerBytes.addAndGet(more) <= limits.maxAnswerBytesInFlight();
        }

        private synchronized void forget() {
            answerBytes.addAndGet(-gathered);
            gathered = 0;
        }

        public void release() {
            bodyHas(0);
            if (held.compareAndSet(true, false)) {
                requests.decrementAndGet();
                forget();
                whenReleased.run();
            }
        }
    }
}
