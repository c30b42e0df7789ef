package dev.millrace.service;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** Whether the brokers answer. */
@Singleton
final class KafkaDependency implements Dependency {

    private static final long WAIT_MILLIS = 2000;

    private final Admin admin;
    private final FreshState state;

    KafkaDependency(KafkaClients clients, Clock clock) {
        this.admin = clients.admin("health");
        this.state = new FreshState(clock, this::ask);
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public State state() {
        return state.get();
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
        // Questions that nobody answers would be waited for, for a minute.
        admin.close(Duration.ZERO);
    }
}
