package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Closed;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.reply.Answer;
import dev.millrace.reply.ReplyReader;
import dev.millrace.reply.RequestId;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request under way and the client who waits for it: takes what the log says, keeps what counts, and hands it over.
 *
 * <p>A client that is too slow is let go, with nothing more kept for it; when it has taken what was there, the rest is
 * read again from the log. Offsets tell what was taken already, so the live reader and the one that catches up may both
 * speak.
 */
public final class Exchange implements ReplyLog.Listener {

    /** Hears what matters outside. Called under the exchange's lock, so it must be quick. */
    interface Observer {

        void chunk(Exchange exchange, Chunk chunk);

        /**
         * It has its end: the log's, or one that this door had to make up.
         *
         * @return done when the client may hear of it
         */
        CompletionStage<Void> ended(Exchange exchange, Ending ending);

        /** The client was too slow. */
        void lagging(Exchange exchange);

        /** A slow client has taken all that was kept. */
        void room(Exchange exchange);
    }

    /**
     * @param failure null where the request finished
     * @param ownWord whether this door ended it, so that the request must be cancelled
     */
    record Ending(@Nullable Failure failure, boolean ownWord, String cause) {}

    private static final Failure CLIENT_LEFT =
            new Failure(499, "invalid_request_error", "cancelled", "The client left before the end.", null, null);

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final RequestId id;
    private final Delivery delivery;
    private final Observer observer;
    private final ReplyReader reader = new ReplyReader();
    private final Tally tally = new Tally();
    private @Nullable Answer kept;
    private String provider = "";
    private boolean known;
    private boolean ended;
    private long takenThrough = -1;
    private long skippedThrough = -1;
    private volatile boolean lagging;

    /** @param keepsAnswer whether the answer is wanted here too, at the end */
    Exchange(RequestId id, DeliveryMaker maker, Observer observer, boolean keepsAnswer) {
        this.id = id;
        this.observer = observer;
        this.kept = keepsAnswer ? new Answer() : null;
        this.delivery = maker.make(this::room);
    }

    /** Makes the way to the client, which tells when there is room again. */
    interface DeliveryMaker {

        Delivery make(Runnable onRoom);
    }

    public RequestId id() {
        return id;
    }

    public CompletionStage<Reply> reply() {
        return delivery.reply();
    }

    @Override
    public synchronized void reply(SpecificRecord event, long offset) {
        known = true;
        if (lagging) {
            skippedThrough = Math.max(skippedThrough, offset);
        } else {
            take(event, offset);
        }
    }

    /** A reply that was read again for a client that is no longer behind; false if that is enough for now. */
    synchronized boolean catchUp(SpecificRecord event, long offset) {
        if (ended || !lagging) {
            return false;
        }
        take(event, offset);
        if (takenThrough >= skippedThrough) {
            lagging = false;
        }
        return !ended && lagging && delivery.hasRoom();
    }

    private void take(SpecificRecord event, long offset) {
        if (ended || offset <= takenThrough) {
            return;
        }
        takenThrough = offset;
        try {
            if (reader.read(event)) {
                hand(event);
            }
        } catch (RuntimeException e) {
            LOG.error("A reply of request {} could not be handed on", id, e);
            fail(new Ending(Refusals.internal(), true, "internal"));
        }
    }

    private void hand(SpecificRecord event) {
        if (event instanceof Chunk chunk) {
            chunk(chunk);
        } else if (event instanceof Started started) {
            provider = started.getProvider();
        } else if (event instanceof TakenOver taken) {
            provider = taken.getProvider();
        } else if (event instanceof Failed failed) {
            fail(new Ending(failed.getFailure(), false, "failed"));
        } else if (event instanceof Closed closed) {
            fail(new Ending(closed.getFailure(), false, "closed"));
        } else {
            ended = true;
            say(observer.ended(this, new Ending(null, false, "finished")), () -> delivery.finished(tally));
        }
    }

    private void chunk(Chunk chunk) {
        tally.add(chunk);
        if (kept != null) {
            kept.add(chunk);
        }
        delivery.chunk(chunk);
        observer.chunk(this, chunk);
        if (!lagging && !delivery.hasRoom()) {
            lagging = true;
            skippedThrough = Math.max(skippedThrough, takenThrough);
            observer.lagging(this);
        }
    }

    private void fail(Ending ending) {
        ended = true;
        // First what follows from it: a cancellation is under way before the client hears that it may ask again.
        CompletionStage<Void> followed = observer.ended(this, ending);
        say(followed, () -> delivery.failed(Objects.requireNonNull(ending.failure())));
    }

    /** The last word: whoever has heard it finds all that follows from it. */
    private void say(CompletionStage<Void> followed, Runnable word) {
        followed.whenComplete((done, error) -> {
            synchronized (this) {
                try {
                    word.run();
                } catch (RuntimeException e) {
                    LOG.error("The end of request {} could not be handed on", id, e);
                    delivery.failed(Refusals.internal());
                }
            }
        });
    }

    /** Ends it from here, whatever the log will say. */
    synchronized void giveUp(Failure failure, String cause) {
        if (!ended) {
            fail(new Ending(failure, true, cause));
        }
    }

    /** Nobody knows whether the request is in the log; where a reply was seen, it is. */
    synchronized void publishingFailed(Failure failure, boolean surelyNot) {
        if (!ended && !known) {
            fail(new Ending(failure, !surelyNot, "unknown_outcome"));
        }
    }

    /** The client left. */
    public synchronized void gone() {
        delivery.gone(CLIENT_LEFT);
        if (!ended) {
            ended = true;
            observer.ended(this, new Ending(CLIENT_LEFT, true, "client_left"));
        }
    }

    synchronized void tick(long nowNanos) {
        if (!ended) {
            delivery.tick(nowNanos);
            if (delivery.hasRoom()) {
                room();
            }
        }
    }

    private void room() {
        if (lagging) {
            observer.room(this);
        }
    }

    /** Where reading again must begin. */
    synchronized long nextOffset() {
        return takenThrough + 1;
    }

    synchronized boolean wantsCatchUp() {
        if (takenThrough >= skippedThrough && delivery.hasRoom()) {
            lagging = false;
        }
        return lagging && !ended;
    }

    /** There is no room for it: whoever wanted it here finds it in the log. */
    void keepNoMore() {
        kept = null;
    }

    String provider() {
        return provider;
    }

    Tally tally() {
        return tally;
    }

    @Nullable
    Answer answer() {
        return kept;
    }
}
