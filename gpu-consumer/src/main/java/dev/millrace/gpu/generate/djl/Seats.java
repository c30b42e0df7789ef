package dev.millrace.gpu.generate.djl;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Job;
import dev.millrace.gpu.generate.batch.Lane;
import dev.millrace.gpu.generate.batch.Planner;
import dev.millrace.gpu.generate.batch.Sequence;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs under way, from being taken in to being done, failed or let go of, and whom each sequence runs for. A job in
 * trouble loses its seats and nobody else does. Used by the loop's thread.
 */
final class Seats {

    private static final Logger LOG = LoggerFactory.getLogger(Seats.class);

    private final Planner planner;
    private final Rows rows;
    private final IntConsumer freed;
    private final Set<Job> jobs = new LinkedHashSet<>();
    private final Map<Sequence, Seat> seats = new HashMap<>();

    /** Whom a sequence runs for. */
    record Seat(Job job, Lane lane) {}

    /** @param freed hears of slots that jobs do not need any more */
    Seats(Planner planner, Rows rows, IntConsumer freed) {
        this.planner = planner;
        this.rows = rows;
        this.freed = freed;
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }

    /** Null where nobody wants it any more. */
    @Nullable
    Seat of(Sequence sequence) {
        return seats.get(sequence);
    }

    /** Tokens yet to be read or written. */
    long backlog() {
        long tokens = 0;
        for (Job job : jobs) {
            tokens += job.backlog();
        }
        return tokens;
    }

    /** Spares those their steps whose sinks are behind, and lets the others go on. */
    void pauseThoseBehind() {
        for (Job job : jobs) {
            job.pause(job.outlet().isBehind());
        }
    }

    void takeIn(Job job) {
        if (job.outlet().isClosed()) {
            freeAll(job);
            return;
        }
        jobs.add(job);
        try {
            job.begin();
            int before = 0;
            for (Lane lane : job.lanes()) {
                if (job.isOpen(lane)) {
                    seats.put(lane.sequence(), new Seat(job, lane));
                    planner.add(lane.sequence(), before++);
                }
            }
            endIfDone(job);
        } catch (RuntimeException e) {
            LOG.error("A task could not be taken in", e);
            fail(job);
        }
    }

    /** Tells a lane what its step brought, unless its job has lost its seats meanwhile. */
    void tell(Seat seat, @Nullable Chosen chosen) {
        Job job = seat.job();
        if (!jobs.contains(job)) {
            return;
        }
        try {
            job.take(seat.lane(), chosen);
            if (!job.isOpen(seat.lane())) {
                planner.end(seat.lane().sequence());
            }
            endIfDone(job);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            LOG.error("What a model said could not be passed on", e);
            fail(job);
        }
    }

    private void endIfDone(Job job) {
        freed.accept(job.freeSlots());
        if (job.isDone()) {
            letGo(job);
            job.outlet().finished();
        }
    }

    /** Its room is free before anybody hears of it, and whoever hears cannot keep the loop from going on. */
    void fail(Job job) {
        letGo(job);
        try {
            job.outlet().failed(new Failure(500, "server_error", "engine_failed", "The model failed.", null, null));
        } catch (RuntimeException e) {
            LOG.error("A failure could not be passed on", e);
        }
    }

    void failAll() {
        List.copyOf(jobs).forEach(this::fail);
    }

    void letGo(Job job) {
        if (!jobs.remove(job)) {
            return;
        }
        for (Lane lane : job.lanes()) {
            planner.end(lane.sequence());
            seats.remove(lane.sequence());
            rows.forget(lane.sequence());
        }
        freeAll(job);
    }

    private void freeAll(Job job) {
        job.end();
        freed.accept(job.freeSlots());
    }

    /** Nobody hears anything from now on. */
    void close() {
        jobs.forEach(job -> job.outlet().close());
    }
}
