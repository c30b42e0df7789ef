package dev.millrace.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.event.UsageRecorded;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Kafka writes to disk later than PostgreSQL does: with the power it may lose what is in the ledger already. */
class CutLogIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final EventCodec CODEC = new EventCodec(SchemaLookup.NONE);

    private final List<UsageRecorded> published = new ArrayList<>();
    private final Usages usages = new Usages(77);

    @Test
    void whatComesInPlaceOfRecordsThatKafkaLostIsBilledToo() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                HikariDataSource dataSource = postgres.schema("billing");
                EmbeddedKafka kafka = EmbeddedKafka.start()) {
            kafka.create(Topics.FIXED);
            billed(kafka, postgres, dataSource, 20);
            Map<Path, byte[]> saved = stopAndRead(kafka);
            kafka.startAgain();
            billed(kafka, postgres, dataSource, 60);

            for (Path file : stopAndRead(kafka).keySet()) {
                Files.delete(file);
            }
            for (Map.Entry<Path, byte[]> file : saved.entrySet()) {
                Files.write(file.getKey(), file.getValue());
            }
            kafka.startAgain();

            // More than were lost, so that no offset tells.
            billed(kafka, postgres, dataSource, 200);
        }
    }

    @Test
    void aTopicThatWasMadeAnewIsBilledFromItsBeginning() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                HikariDataSource dataSource = postgres.schema("billing");
                EmbeddedKafka kafka = EmbeddedKafka.start()) {
            kafka.create(Topics.FIXED);
            // With this its epochs are higher than those of the next one.
            kafka.close();
            kafka.startAgain();
            billed(kafka, postgres, dataSource, 40);
            try (Admin admin = kafka.admin()) {
                Uuid old = topicId(admin);
                admin.deleteTopics(List.of(Topics.USAGE.name())).all().get();
                kafka.create(List.of(Topics.USAGE));
                await().atMost(PATIENCE).ignoreExceptions().until(() -> !topicId(admin)
                        .equals(old));
            }

            billed(kafka, postgres, dataSource, 200);
        }
    }

    private static Uuid topicId(Admin admin) throws Exception {
        String topic = Topics.USAGE.name();
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get()
                .topicId();
    }

    private void billed(EmbeddedKafka kafka, EmbeddedPostgres postgres, HikariDataSource dataSource, int count) {
        publish(kafka, count);
        try (EmbeddedServer service = ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.server.port",
                        -1,
                        "millrace.kafka.bootstrap-servers",
                        kafka.bootstrapServers(),
                        "millrace.postgres.url",
                        postgres.url("billing"),
                        "millrace.ledger.max-backoff-millis",
                        500))) {
            assertThat(service.isRunning()).isTrue();
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(Sums.ofLedger(dataSource))
                    .allSatisfy((table, sums) -> assertThat(sums).as(table).isEqualTo(Sums.ofLog(published.stream()))));
        }
    }

    private void publish(EmbeddedKafka kafka, int count) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                // Its numbers for each partition would be those of a log that is no more.
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "enable.idempotence", false),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                UsageRecorded usage = usages.at(Instant.now());
                published.add(usage);
                producer.send(new ProducerRecord<>(
                        Topics.USAGE.name(),
                        usage.getRequestId().getBytes(StandardCharsets.UTF_8),
                        CODEC.encode(usage)));
            }
        }
    }

    private static Map<Path, byte[]> stopAndRead(EmbeddedKafka kafka) throws IOException {
        kafka.close();
        Map<Path, byte[]> files = new HashMap<>();
        for (Path partition : kafka.files(Topics.USAGE)) {
            try (Stream<Path> inside = Files.list(partition)) {
                for (Path file : inside.toList()) {
                    files.put(file, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }
}
