package dev.millrace.gpu.work;

import dev.millrace.event.Chunk;
import dev.millrace.event.EndReason;
import dev.millrace.event.Failure;
import dev.millrace.event.Outcome;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import dev.millrace.gpu.work.Attempt.Phase;
import dev.millrace.reply.RequestId;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An attempt being carried out: marker, log, generator, chunks, end. All but its sink is used by the desk's thread. */
final class Run {

    private static final Logger LOG = LoggerFactory.getLogger(Run.class);
    private static final int CANCELLED_STATUS = 499;

    /** Whoever holds the run. */
    interface Host {

        /** Has work done on the desk's thread. */
        void execute(Runnable work);

        /** Whether chunks may be written now. */
        boolean mayWrite();

        /** Whether the report of this number, or a later one, is where the router reads it. */
        boolean hasArrived(long report);

        /** Safe from any thread. */
        boolean isPaused();

        /** The run wants room in the generator. */
        void waits(Run run);

        /** The run has something to write and may not. */
        void stalls(Run run);

        void chunkWritten(Run run, Chunk chunk);

        /**
         * The run is over.
         *
         * @param reason why, or null where the router asked for it and knows
         */
        void ended(Run run, @Nullable EndReason reason, int seenAttempt);
    }

    private final Attempt attempt;
    private final RequestId id;
    private final Host host;
    private final ReplyWriter replies;
    private final LogReader log;
    private final Outbox outbox;
    private @Nullable Generation generation;
    private long toldBy;
    private @Nullable String cancelCause;

    Run(Attempt attempt, RequestId id, Host host, ReplyWriter replies, LogReader log, int maxPendingBytes) {
        this.attempt = attempt;
        this.id = id;
        this.host = host;
        this.replies = replies;
        this.log = log;
        this.outbox = new Outbox(maxPendingBytes);
    }

    Attempt attempt() {
        return attempt;
    }

    boolean isRunning() {
        return attempt.phase() == Phase.RUNNING || attempt.phase() == Phase.ENDING;
    }

    /**
     * Writes the marker, from which all else follows.
     *
     * @param toldBy the number of the report that must have arrived before anything is generated
     */
    void begin(long toldBy) {
        this.toldBy = toldBy;
        write(attempt.marker(), this::marked);
    }

    private void marked(long offset) {
        if (attempt.marked()) {
            log.read(id, offset).whenComplete((view, error) -> host.execute(guarded(() -> read(view, error))));
        } else {
            proceed();
        }
    }

    private void read(@Nullable LogView view, @Nullable Throwable error) {
        if (attempt.phase() != Phase.READING) {
            return;
        }
        if (view == null) {
            LOG.warn("Could not read the replies of {}: {}", id, String.valueOf(error));
            letGo(EndReason.ABANDONED, 0);
            return;
        }
        int owner = view.owner() == null ? 0 : view.owner().attempt();
        switch (attempt.resume(view)) {
            case GO_ON -> proceed();
            case END_FOUND -> letGo(EndReason.END_FOUND, owner);
            case SUPERSEDED -> letGo(EndReason.SUPERSEDED, owner);
        }
    }

    private void proceed() {
        if (cancelCause != null) {
            endCancelled(cancelCause);
        } else if (attempt.isComplete()) {
            write(attempt.finished(), offset -> letGo(EndReason.FINISHED, 0));
        } else {
            host.waits(this);
        }
    }

    /** Whether the router knows who has it, as far as it must. */
    boolean isTold() {
        return host.hasArrived(toldBy);
    }

    /** Hands the request to the generator. */
    void start(Generator generator) {
        guarded(() -> generation = generator.start(attempt.start(), new Mouth()))
                .run();
    }

    /** Stops it, by the router's wish. */
    void cancel(Outcome outcome, String cause) {
        if (outcome != Outcome.CANCELLED) {
            letGo(null, 0);
            return;
        }
        switch (attempt.phase()) {
            case MARKING, READING -> cancelCause = cause;
            case WAITING, RUNNING -> endCancelled(cause);
            case ENDING, OVER -> {}
        }
    }

    private void endCancelled(String cause) {
        silence();
        String message = cause.isBlank() ? "The request was cancelled." : "The request was cancelled: " + cause;
        Failure failure = new Failure(CANCELLED_STATUS, "request_cancelled", "cancelled", message, null, null);
        write(attempt.failed(Outcome.CANCELLED, failure), offset -> letGo(EndReason.FAILED, 0));
    }

    /** Writes what waits, as far as it may. */
    void drain() {
        while (attempt.phase() == Phase.RUNNING && !outbox.isEmpty()) {
            if (outbox.isOverflowed()) {
                LOG.warn("Abandoned {}: more was generated than could be written", id);
                letGo(EndReason.ABANDONED, 0);
            } else if (host.mayWrite()) {
                writeNext();
            } else {
                host.stalls(this);
                return;
            }
        }
    }

    private void writeNext() {
        Piece piece = outbox.nextPiece();
        if (piece != null) {
            Chunk chunk = attempt.chunk(piece);
            write(chunk, offset -> host.chunkWritten(this, chunk));
            return;
        }
        Outbox.End end = outbox.ending();
        if (end != null) {
            writeEnd(end.failure());
        }
    }

    private void writeEnd(@Nullable Failure failure) {
        generation = null;
        if (failure == null) {
            write(attempt.finished(), offset -> letGo(EndReason.FINISHED, 0));
        } else {
            write(attempt.failed(Outcome.FAILED, failure), offset -> letGo(EndReason.FAILED, 0));
        }
    }

    /** Lets go: nothing is written any more. */
    void letGo(@Nullable EndReason reason, int seenAttempt) {
        if (attempt.phase() == Phase.OVER) {
            return;
        }
        attempt.over();
        silence();
        host.ended(this, reason, seenAttempt);
    }

    private void silence() {
        outbox.close();
        if (generation != null) {
            generation.cancel();
            generation = null;
        }
    }

    private void write(SpecificRecord event, Then then) {
        replies.write(
                id,
                event,
                (offset, error) -> host.execute(guarded(() -> {
                    if (attempt.phase() != Phase.OVER && error == null) {
                        then.go(offset);
                    } else if (attempt.phase() != Phase.OVER) {
                        String name = event.getSchema().getName();
                        LOG.warn("Abandoned {}: {} could not be written: {}", id, name, String.valueOf(error));
                        letGo(EndReason.ABANDONED, 0);
                    }
                })));
    }

    /** What goes wrong with one run must not stay unheard, nor reach another. */
    private Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("Abandoned {}", id, e);
                letGo(EndReason.ABANDONED, 0);
            }
        };
    }

    private interface Then {
        void go(long offset);
    }

    /** What the generator speaks into. */
    private final class Mouth implements Sink {

        @Override
        public void piece(Piece piece) {
            wake(outbox.add(piece));
        }

        @Override
        public void finished() {
            wake(outbox.end(new Outbox.End(null)));
        }

        @Override
        public void failed(Failure failure) {
            wake(outbox.end(new Outbox.End(failure)));
        }

        @Override
        public boolean isBehind() {
            return host.isPaused() || outbox.isBehind();
        }

        private void wake(boolean needed) {
            if (needed) {
                host.execute(guarded(Run.this::drain));
            }
        }
    }
}
