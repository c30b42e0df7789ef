package dev.millrace.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.UsageRecorded;
import dev.millrace.topic.Topics;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole service between a real broker and a real PostgreSQL. */
class BillingIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Office office;
    private static long seed;

    private Usages usages;

    @BeforeAll
    static void open() throws Exception {
        office = new Office();
    }

    @AfterAll
    static void close() {
        office.close();
    }

    @BeforeEach
    void freshSeed() {
        usages = new Usages(++seed);
    }

    @AfterEach
    void closeServices() {
        office.closeServices();
    }

    private static void awaitReady(EmbeddedServer server, boolean ready) {
        await().atMost(Office.PATIENCE)
                .until(() -> Office.get(server, "/health/readiness").statusCode() == (ready ? 200 : 503));
    }

    @Test
    void garbageGoesToTheDeadLettersAndTheRestIsBilled() throws Exception {
        office.publish(usages.some(5));
        UsageRecorded good = usages.at(Instant.now());
        UsageRecorded negative = new UsageRecorded(
                good.getRequestId(),
                good.getFacts(),
                good.getOutcome(),
                null,
                "p",
                "p",
                "w",
                1,
                -1,
                0,
                1,
                0,
                0L,
                null,
                0L);
        UsageRecorded nameless = new UsageRecorded(
                "no-id", good.getFacts(), good.getOutcome(), null, "p", "p", "w", 1, 1, 0, 1, 0, 0L, null, 0L);
        office.send(List.of(
                Office.record("x", "garbage".getBytes(StandardCharsets.UTF_8)),
                Office.record("x", Office.CODEC.encode(negative)),
                Office.record("x", Office.CODEC.encode(nameless))));
        office.publish(usages.some(5));

        office.service();
        office.awaitEqualsReplay();

        List<String> causes = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", office.kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.DEAD_LETTERS.name(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(Office.PATIENCE).untilAsserted(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    DeadLettered letter = (DeadLettered) Office.CODEC.decode(record.value());
                    assertThat(letter.getTopic()).isEqualTo(Topics.USAGE.name());
                    causes.add(letter.getCause());
                }
                assertThat(causes).contains("NO_EVENT", "UNBILLABLE");
            });
        }
    }

    @Test
    void withoutPostgresNothingIsLostAndReadinessSaysSo() throws Exception {
        EmbeddedServer server = office.service();
        office.publish(usages.some(10));
        office.awaitEqualsReplay();
        awaitReady(server, true);

        office.postgres.kill();
        office.publish(usages.some(30));
        awaitReady(server, false);
        assertThat(Office.get(server, "/health/liveness").statusCode()).isEqualTo(200);
        HttpResponse<String> away = Office.get(server, "/v1/usage");
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("retry-after")).isPresent();
        assertThat(JSON.readTree(away.body()).path("error").path("code").asText())
                .isEqualTo("ledger_unavailable");

        office.postgres.startAgain();
        office.awaitEqualsReplay();
        awaitReady(server, true);
    }

    @Test
    void aServiceThatStartsBeforePostgresCatchesUpWhenItComes() throws Exception {
        office.postgres.kill();
        EmbeddedServer server = office.service();
        office.publish(usages.some(10));
        awaitReady(server, false);

        office.postgres.startAgain();

        office.awaitEqualsReplay();
        awaitReady(server, true);
    }

    @Test
    void instancesThatComeAndGoWriteEachRecordOnce() throws Exception {
        EmbeddedServer first = office.service();
        office.publish(usages.some(100));
        EmbeddedServer second = office.service();
        office.publish(usages.some(100));
        first.close();
        office.publish(usages.some(100));
        office.service();
        office.publish(usages.some(50));
        second.close();
        office.publish(usages.some(50));

        office.awaitEqualsReplay();
    }

    @Test
    void readingTheWholeLogAgainChangesNoSum() throws Exception {
        office.publish(usages.some(40));
        EmbeddedServer server = office.service();
        office.awaitEqualsReplay();
        server.close();
        execute("UPDATE consumer_offsets SET next_offset = 0");

        office.service();
        office.publish(usages.some(3));

        office.awaitEqualsReplay();
        await().atMost(Office.PATIENCE)
                .untilAsserted(() -> assertThat(backlog()).isZero());
        office.awaitEqualsReplay();
    }

    /** As from a backup, while the service runs: rows, rollups and offsets of earlier, and a month that is not there. */
    @Test
    void aLedgerThatWasPutBackToAnEarlierStateIsFilledFromTheLog() throws Exception {
        office.service();
        office.publish(usages.some(20));
        office.awaitEqualsReplay();
        await().atMost(Office.PATIENCE)
                .untilAsserted(() -> assertThat(backlog()).isZero());
        List<String> tables =
                List.of("request_logs", "usage_by_minute", "usage_by_hour", "usage_by_day", "consumer_offsets");
        for (String table : tables) {
            execute("CREATE TABLE saved_" + table + " AS TABLE " + table);
        }
        office.publish(List.of(usages.at(Instant.parse("2023-05-17T12:00:00Z"))));
        office.publish(usages.some(20));
        office.awaitEqualsReplay();
        await().atMost(Office.PATIENCE)
                .untilAsserted(() -> assertThat(backlog()).isZero());

        StringBuilder putBack = new StringBuilder("DROP TABLE request_logs_2023_05;");
        for (String table : tables) {
            putBack.append("TRUNCATE %1$s; INSERT INTO %1$s SELECT * FROM saved_%1$s; DROP TABLE saved_%1$s;"
                    .formatted(table));
        }
        execute(putBack.toString());
        // Every partition of the log gets some, for only with a batch it is noticed.
        office.publish(usages.some(40));

        office.awaitEqualsReplay();
    }

    private static void execute(String statements) throws SQLException {
        try (Connection connection = office.dataSource.getConnection()) {
            connection.createStatement().execute(statements);
        }
    }

    /** Records in the log beyond the offsets that the ledger holds. */
    private static long backlog() throws Exception {
        long backlog = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", office.kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, Topics.USAGE.partitions())
                    .mapToObj(i -> new TopicPartition(Topics.USAGE.name(), i))
                    .toList();
            for (Map.Entry<TopicPartition, Long> end :
                    consumer.endOffsets(partitions).entrySet()) {
                backlog += end.getValue() - stored(end.getKey().partition());
            }
        }
        return backlog;
    }

    private static long stored(int partition) throws SQLException {
        try (Connection connection = office.dataSource.getConnection();
                var row = connection
                        .createStatement()
                        .executeQuery("SELECT next_offset FROM consumer_offsets WHERE partition = " + partition)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Test
    void aGapIsToldAndReadingGoesOn() throws Exception {
        EmbeddedServer before = office.service();
        office.publish(usages.some(20));
        office.awaitEqualsReplay();
        await().atMost(Office.PATIENCE)
                .untilAsserted(() -> assertThat(backlog()).isZero());
        before.close();
        office.send(usages.some(12).stream().map(Office::record).toList());
        try (Admin admin = office.kafka.admin()) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(Topics.USAGE.name(), 0), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(Topics.USAGE.name(), 1), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(Topics.USAGE.name(), 2), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(Topics.USAGE.name(), 3), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }

        EmbeddedServer after = office.service();
        office.publish(usages.some(20));

        office.awaitEqualsReplay();
        await().atMost(Office.PATIENCE)
                .until(() -> Office.get(after, "/metrics").body().contains("billing_gap_records_total 12.0"));
    }
}
