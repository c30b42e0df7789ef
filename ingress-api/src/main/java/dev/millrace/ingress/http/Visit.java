package dev.millrace.ingress.http;

import dev.millrace.ingress.identity.Caller;
import dev.millrace.ingress.limit.InFlight;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One HTTP request's stay here: what filters and doors tell each other about it, and whether its client is still there. */
final class Visit {

    private static final String ATTRIBUTE = "millrace.visit";

    private final long arrivedNanos;
    private final @Nullable Channel channel;
    private final GenericFutureListener<Future<? super Void>> whenClosed = closed -> left();
    private final List<Runnable> whenGone = new ArrayList<>();
    private String id;
    private boolean gone;
    private boolean wantsAnswer;
    private volatile boolean accepted;
    private @Nullable Caller caller;
    private InFlight.@Nullable Slot slot;
    private volatile @Nullable Future<?> bodyLimit;

    private Visit(String id, long arrivedNanos, @Nullable Channel channel) {
        this.id = id;
        this.arrivedNanos = arrivedNanos;
        this.channel = channel;
    }

    static Visit begin(HttpRequest<?> request, String id, long arrivedNanos) {
        Channel channel = request instanceof NettyHttpRequest<?> netty
                ? netty.getChannelHandlerContext().channel()
                : null;
        Visit visit = new Visit(id, arrivedNanos, channel);
        request.setAttribute(ATTRIBUTE, visit);
        return visit;
    }

    static Optional<Visit> find(HttpRequest<?> request) {
        return request.getAttribute(ATTRIBUTE, Visit.class);
    }

    static Visit of(HttpRequest<?> request) {
        return find(request).orElseThrow();
    }

    /** It asks a model, and not for what is known here. */
    void wantsAnswer() {
        wantsAnswer = true;
    }

    /** Takes room here, which goes back with the connection at the latest. */
    void enter(InFlight.Slot taken) {
        this.slot = taken;
        taken.whenReleased(this::end);
        onGone(taken::release);
        if (channel != null) {
            channel.closeFuture().addListener(whenClosed);
        }
    }

    /** A body that does not come holds room that others could have. */
    void awaitBody(long limitMillis) {
        if (channel != null) {
            bodyLimit = channel.eventLoop().schedule(() -> channel.close(), limitMillis, TimeUnit.MILLISECONDS);
        }
    }

    void bodyIsHere() {
        Future<?> limit = bodyLimit;
        if (limit != null) {
            limit.cancel(false);
        }
    }

    /** Told when the connection closes, at once where it has. */
    void onGone(Runnable told) {
        synchronized (whenGone) {
            if (!gone) {
                whenGone.add(told);
                return;
            }
        }
        told.run();
    }

    private void left() {
        List<Runnable> told;
        synchronized (whenGone) {
            gone = true;
            told = List.copyOf(whenGone);
        }
        told.forEach(Runnable::run);
    }

    /** The connection may live on, and knows nothing of this visit any more. */
    private void end() {
        bodyIsHere();
        if (channel != null) {
            channel.closeFuture().removeListener(whenClosed);
        }
    }

    /** The visit is known by this name to its client. */
    void name(String newId) {
        this.id = newId;
    }

    void identified(Caller known) {
        this.caller = known;
    }

    String id() {
        return id;
    }

    long arrivedNanos() {
        return arrivedNanos;
    }

    Caller caller() {
        return Objects.requireNonNull(caller, "the filter let a stranger in");
    }

    InFlight.Slot slot() {
        return Objects.requireNonNull(slot, "the filter gave no room");
    }

    boolean isThere() {
        synchronized (whenGone) {
            return !gone;
        }
    }

    /** From here on it is an exchange, which counts itself. */
    void accepted() {
        accepted = true;
    }

    /** Whether it wanted an answer and was turned away. */
    boolean isTurnedAway() {
        return wantsAnswer && !accepted;
    }

    /** For a response that is the end of it. */
    void releaseSlot() {
        if (slot != null) {
            slot.release();
        }
    }
}
