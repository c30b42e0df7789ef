package dev.millrace.service;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Whether the brokers answer. */
@Singleton
final class KafkaDependency implements Dependency {

    private static final long FRESH_MILLIS = 1000;
    private static final long WAIT_MILLIS = 2000;

    private final Admin admin;
    private final Clock clock;
    private @Nullable State last;
    private long lastAtMillis;

    KafkaDependency(KafkaClients clients, Clock clock) {
        this.admin = clients.admin("health");
        this.clock = clock;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public synchronized State state() {
        State known = last;
        if (known == null || clock.millis() - lastAtMillis > FRESH_MILLIS) {
            known = ask();
            last = known;
            lastAtMillis = clock.millis();
        }
        return known;
    }

    private State ask() {
        try {
            int brokers = admin.describeCluster()
                    .nodes()
                    .get(WAIT_MILLIS, TimeUnit.MILLISECONDS)
                    .size();
            return brokers > 0 ? State.up(brokers + " broker(s)") : State.down("no broker");
        } catch (ExecutionException | TimeoutException e) {
            return State.down("no answer: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return State.down("interrupted");
        }
    }

    @PreDestroy
    void close() {
        admin.close();
    }
}
