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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Kafka writes to disk later than PostgreSQL does: with the power it may lose what is in the ledger already. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CutLogIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final EventCodec CODEC = new EventCodec(SchemaLookup.NONE);

    /** All that was ever published, by both tests: they share one log and one ledger, as in life. */
    private static final List<UsageRecorded> PUBLISHED = new ArrayList<>();

    private static final Usages USAGES = new Usages(77);

    private static EmbeddedPostgres postgres;
    private static EmbeddedKafka kafka;
    private static HikariDataSource dataSource;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        dataSource = postgres.schema("billing");
        kafka = EmbeddedKafka.start();
        kafka.create(Topics.FIXED);
    }

    @AfterAll
    static void stop() {
        kafka.close();
        dataSource.close();
        postgres.close();
    }

    @Test
    @Order(1)
    void whatComesInPlaceOfRecordsThatKafkaLostIsBilledToo() throws Exception {
        billed(20);
        Map<Path, byte[]> saved = stopAndRead();
        kafka.startAgain();
        billed(60);

        for (Path file : stopAndRead().keySet()) {
            Files.delete(file);
        }
        for (Map.Entry<Path, byte[]> file : saved.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
        kafka.startAgain();

        // More than were lost, so that no offset tells.
        billed(200);
    }

    /** After a broker that was started again: with that the old topic's epochs are higher than those of the new one. */
    @Test
    @Order(2)
    void aTopicThatWasMadeAnewIsBilledFromItsBeginning() throws Exception {
        int before = PUBLISHED.size();
        try (Admin admin = kafka.admin()) {
            Uuid old = topicId(admin);
            admin.deleteTopics(List.of(Topics.USAGE.name())).all().get();
            kafka.create(List.of(Topics.USAGE));
            await().atMost(PATIENCE).ignoreExceptions().until(() -> !topicId(admin)
                    .equals(old));
        }

        // More than there were, so that no offset tells.
        billed(3 * before);
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

    private static void billed(int count) {
        publish(count);
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
                    .allSatisfy((table, sums) -> assertThat(sums).as(table).isEqualTo(Sums.ofLog(PUBLISHED.stream()))));
        }
    }

    private static void publish(int count) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                // Its numbers for each partition would be those of a log that is no more.
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "enable.idempotence", false),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                UsageRecorded usage = USAGES.at(Instant.now());
                PUBLISHED.add(usage);
                producer.send(new ProducerRecord<>(
                        Topics.USAGE.name(),
                        usage.getRequestId().getBytes(StandardCharsets.UTF_8),
                        CODEC.encode(usage)));
            }
        }
    }

    private static Map<Path, byte[]> stopAndRead() throws IOException {
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
