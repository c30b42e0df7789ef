package dev.millrace.ingress.http;

import dev.millrace.ingress.limit.DrainConfig;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.reply.Exchanges;
import dev.millrace.service.Dependency;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.runtime.graceful.GracefulShutdownCapable;
import jakarta.inject.Singleton;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes this door politely: nobody new, a while for those who are here, a clear word for the rest. */
@Singleton
@Order(Ordered.HIGHEST_PRECEDENCE) // before the server, which closes connections that look idle to it
final class Drain implements GracefulShutdownCapable, Dependency {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final long LOOK_MILLIS = 50;

    private final InFlight inFlight;
    private final Exchanges exchanges;
    private final Connections connections;
    private final DrainConfig config;

    Drain(InFlight inFlight, Exchanges exchanges, Connections connections, DrainConfig config) {
        this.inFlight = inFlight;
        this.exchanges = exchanges;
        this.connections = connections;
        this.config = config;
    }

    @Override
    public String name() {
        return "door";
    }

    @Override
    public State state() {
        return inFlight.isDraining() ? State.down("shutting down") : State.up("open");
    }

    @Override
    public CompletionStage<?> shutdownGracefully() {
        connections.hold();
        inFlight.drain();
        LOG.info("Shutting down: {} answer(s) under way", exchanges.count());
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        look(done, config.graceMillis());
        return done;
    }

    @Override
    public OptionalLong reportActiveTasks() {
        return OptionalLong.of(exchanges.count());
    }

    /** An exchange may be over while a slow client has yet to take the rest of it. */
    private boolean isUnderWay() {
        return exchanges.count() > 0 || connections.unanswered() > 0;
    }

    private void look(CompletableFuture<Boolean> done, long leftMillis) {
        if (isUnderWay() && leftMillis > 0) {
            CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(() -> look(done, leftMillis - LOOK_MILLIS));
            return;
        }
        if (exchanges.count() > 0) {
            LOG.warn("{} answer(s) did not end in time", exchanges.count());
            exchanges.giveUpAll();
        }
        connections.letGo();
        done.complete(true);
    }
}
