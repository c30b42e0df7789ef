package dev.millrace.ingress.reply;

import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the exchanges that time passes. */
@Context
final class ExchangeTimer {

    private static final Logger LOG = LoggerFactory.getLogger(ExchangeTimer.class);
    private static final long TICK_MILLIS = 250;

    private final Exchanges exchanges;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "exchange-timer");
        made.setDaemon(true);
        return made;
    });

    ExchangeTimer(Exchanges exchanges) {
        this.exchanges = exchanges;
    }

    @PostConstruct
    void start() {
        thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            exchanges.tick();
        } catch (RuntimeException e) {
            LOG.error("A tick failed", e);
        }
    }

    @PreDestroy
    void stop() {
        thread.shutdownNow();
    }
}
