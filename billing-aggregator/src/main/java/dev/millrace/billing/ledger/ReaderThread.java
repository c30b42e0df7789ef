package dev.millrace.billing.ledger;

import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import io.micronaut.context.BeanProvider;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;

/** Runs the reader from the start of the service to its end. */
@Singleton
final class ReaderThread {

    static final String GROUP = "millrace-billing";

    private static final String CLIENT_ID = "billing";
    private static final long STOP_MILLIS = 10_000;

    private final UsageReader reader;
    private final Producer<byte[], byte[]> producer;
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
        this.reader = new UsageReader(
                () -> clients.member(
                        CLIENT_ID, GROUP, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.batchRecords())),
                // Asked for late: making the codec talks to Kafka, which may come after us.
                () -> new Intake(codec.get(), new DeadLetters(CLIENT_ID, codec.get(), producer)),
                new Migration(dataSource),
                () -> new Ledger(dataSource, new Months(dataSource, clock, config.monthsAhead())),
                meters,
                clock,
                config.maxBackoffMillis());
        this.thread = new Thread(reader, "usage-reader");
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
    }
}
