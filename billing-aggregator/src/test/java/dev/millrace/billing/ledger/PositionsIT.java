package dev.millrace.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.billing.EmbeddedPostgres;
import dev.millrace.service.Meters;
import dev.millrace.topic.Topics;
import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PositionsIT {

    private static final TopicPartition PARTITION = new TopicPartition(Topics.USAGE.name(), 2);

    private final CollectorRegistry registry = new CollectorRegistry();

    @Test
    void theLagOfAPartitionThatAnotherOneReadsIsNotToldHere() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                HikariDataSource dataSource = postgres.schema("positions")) {
            new Migration(dataSource).run();
            MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
            consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
            consumer.updateEndOffsets(Map.of(PARTITION, 7L));
            Ledger ledger = new Ledger(dataSource, new Months(dataSource, Clock.systemUTC(), 1));
            Positions positions =
                    new Positions(consumer, ledger, new Meters<>(BillingMeter.class, registry), () -> "id");
            consumer.subscribe(List.of(PARTITION.topic()), positions);
            consumer.rebalance(List.of(PARTITION));
            positions.onPartitionsAssigned(List.of(PARTITION));

            assertThat(positions.lag()).isEqualTo(7);
            assertThat(lag()).isEqualTo(7.0);

            positions.onPartitionsRevoked(List.of(PARTITION));

            assertThat(lag()).isZero();
        }
    }

    private @Nullable Double lag() {
        return registry.getSampleValue("billing_lag_records", new String[] {"partition"}, new String[] {"2"});
    }
}
