package dev.millrace.router.settle;

import dev.millrace.router.DataDirectory;
import dev.millrace.router.RouterMeter;
import dev.millrace.service.Dependency;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the settling going: after any error it begins again from what is committed. */
@Singleton
public final class Settler implements Dependency {

    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    private static final long PAUSE_MILLIS = 500;
    private static final long CLOSE_MILLIS = 10_000;

    private final SettlerConfig config;
    private final KafkaClients clients;
    private final EventCodec codec;
    private final Meters<RouterMeter> meters;
    private final Clock clock;
    private final String member;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "settler");
    private volatile @Nullable SettlerSession session;

    Settler(
            SettlerConfig config,
            KafkaClients clients,
            EventCodec codec,
            Meters<RouterMeter> meters,
            Clock clock,
            DataDirectory directory) {
        this.config = config;
        this.clients = clients;
        this.codec = codec;
        this.meters = meters;
        this.clock = clock;
        this.member = directory.routerName();
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (stop.getCount() > 0) {
            try (SettlerSession current = SettlerSession.open(member, config, clients, codec, meters, clock)) {
                session = current;
                if (stop.getCount() > 0) {
                    current.run();
                }
            } catch (RuntimeException e) {
                LOG.error("The settler failed and begins again", e);
                meters.count(RouterMeter.SETTLER_RESTARTS, 1);
                pause();
            }
        }
    }

    private void pause() {
        try {
            boolean stopped = stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            LOG.debug("Stopped: {}", stopped);
        } catch (InterruptedException e) {
            stop.countDown();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return "settler";
    }

    @Override
    public State state() {
        SettlerSession current = session;
        if (current == null || !thread.isAlive()) {
            return State.down("not running");
        }
        long idleMillis = clock.millis() - current.lastPollMillis();
        return idleMillis > config.aliveMillis()
                ? State.down("did nothing for " + idleMillis + " ms")
                : State.up(current.partitions() + " partition(s)");
    }

    @PreDestroy
    void close() throws InterruptedException {
        stop.countDown();
        SettlerSession current = session;
        if (current != null) {
            current.stop();
        }
        thread.join(CLOSE_MILLIS);
    }
}
