package dev.millrace.billing.ledger;

import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.Topics;
import io.micronaut.context.BeanProvider;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Runs the reader from the start of the service to its end. */
@Singleton
final class ReaderThread {

    static final String GROUP = "millrace-billing";

    private static final String CLIENT_ID = "billing";
    private static final long STOP_MILLIS = 10_000;

    private final UsageReader reader;
    private final Producer<byte[], byte[]> producer;
    private final Admin admin;
    private final Thread thread;

    ReaderThread(
            LedgerConfig config,
            Database database,
            KafkaClients clients,
            BeanProvider<EventCodec> codec,
            Meters<BillingMeter> meters,
            Clock clock) {
        DataSource dataSource = database.connections();
        this.producer = clients.producer(CLIENT_ID);
        this.admin = clients.admin(CLIENT_ID);
        this.reader = new UsageReader(
                () -> clients.member(
                        CLIENT_ID, GROUP, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.batchRecords())),
                this::topicId,
                // Asked for late: making the codec talks to Kafka, which may come after us.
                () -> new Intake(codec.get(), new DeadLetters(CLIENT_ID, codec.get(), producer)),
                new Migration(dataSource),
                () -> new Ledger(dataSource, new Months(dataSource, clock, config.monthsAhead())),
                meters,
                clock,
                config.maxBackoffMillis());
        this.thread = new Thread(reader, "usage-reader");
    }

    private String topicId() {
        String topic = Topics.USAGE.name();
        try {
            return Objects.requireNonNull(admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic))
                    .topicId()
                    .toString();
        } catch (ExecutionException e) {
            throw new KafkaException("the topic cannot be described", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @EventListener
    void start(ServerStartupEvent event) {
        thread.start();
    }

    Optional<String> trouble() {
        return thread.isAlive() ? reader.trouble() : Optional.of("does not run");
    }

    long lag() {
        return reader.lag();
    }

    @PreDestroy
    void stop() throws InterruptedException {
        reader.stop();
        thread.join(STOP_MILLIS);
        producer.close(Duration.ofSeconds(1));
        admin.close(Duration.ofSeconds(1));
    }
}
