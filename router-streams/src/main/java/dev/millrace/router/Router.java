package dev.millrace.router;

import dev.millrace.router.schedule.QueueConfig;
import dev.millrace.router.schedule.SchedulerConfig;
import dev.millrace.service.Dependency;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running topology. */
@Singleton
public final class Router implements Dependency {

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 500;

    private final RouterConfig config;
    private final KafkaClients clients;
    private final DataDirectory directory;
    private final RouterTopology.Parts parts;
    private volatile @Nullable KafkaStreams streams;

    Router(
            RouterConfig config,
            SchedulerConfig scheduler,
            QueueConfig queue,
            KafkaClients clients,
            DataDirectory directory,
            EventCodec codec,
            Meters<RouterMeter> meters) {
        this.config = config;
        this.clients = clients;
        this.directory = directory;
        this.parts = new RouterTopology.Parts(
                directory.routerName(), Duration.ofMillis(config.tickMillis()), scheduler, queue, codec, meters);
        meters.follow(RouterMeter.LAG_RECORDS, this::lagRecords);
    }

    void start() {
        KafkaStreams started = new KafkaStreams(
                RouterTopology.of(parts), new StreamsConfig(StreamsSettings.of(config, clients, directory)));
        started.setUncaughtExceptionHandler(error -> {
            report(error);
            pause();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        started.setStateListener((now, before) -> LOG.info("The router is {}, was {}", now, before));
        streams = started;
        started.start();
    }

    /** Kafka's being away ends a thread like an error of ours would, but its stack tells nobody anything. */
    private static void report(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException) {
                LOG.warn("Kafka does not answer, a stream thread begins anew: {}", cause.getMessage());
                return;
            }
        }
        LOG.error("A stream thread failed and is replaced", error);
    }

    private double lagRecords() {
        KafkaStreams running = streams;
        return running == null ? 0 : Lag.records(running.metrics().values());
    }

    /** What fails at once must not fail in a tight loop. */
    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return "router";
    }

    @Override
    public State state() {
        KafkaStreams running = streams;
        KafkaStreams.State now = running == null ? KafkaStreams.State.CREATED : running.state();
        return now == KafkaStreams.State.RUNNING ? State.up(now.name()) : State.down(now.name());
    }

    /** Leaves its group, so that the others take over at once. */
    @PreDestroy
    void close() {
        KafkaStreams running = streams;
        if (running != null) {
            running.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                    .withTimeout(CLOSE_WAIT));
        }
    }
}
