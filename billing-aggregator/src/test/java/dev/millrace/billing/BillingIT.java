package dev.millrace.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.UsageRecorded;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole service between a real broker and a real PostgreSQL. */
class BillingIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final EventCodec CODEC = new EventCodec(SchemaLookup.NONE);

    private static EmbeddedPostgres postgres;
    private static EmbeddedKafka kafka;
    private static KafkaProducer<byte[], byte[]> producer;
    private static HikariDataSource dataSource;

    /** All that was ever published, by all tests: they share one log and one ledger, as in life. */
    private static final List<UsageRecorded> LOG = new ArrayList<>();

    private static long seed;

    private final List<EmbeddedServer> servers = new ArrayList<>();
    private Usages usages;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        dataSource = postgres.schema("billing");
        kafka = EmbeddedKafka.start();
        kafka.create(Topics.FIXED);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        kafka.close();
        dataSource.close();
        postgres.close();
    }

    @BeforeEach
    void freshSeed() {
        usages = new Usages(++seed);
    }

    @AfterEach
    void closeServers() {
        servers.forEach(EmbeddedServer::close);
    }

    private EmbeddedServer service() {
        EmbeddedServer server = ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.server.port", -1,
                        "millrace.kafka.bootstrap-servers", kafka.bootstrapServers(),
                        "millrace.postgres.url", postgres.url("billing"),
                        "millrace.postgres.timeout-millis", 5000,
                        "millrace.ledger.batch-records", 20,
                        "millrace.ledger.max-backoff-millis", 500));
        servers.add(server);
        return server;
    }

    private static void publish(List<UsageRecorded> records) {
        for (UsageRecorded usage : records) {
            LOG.add(usage);
            send(usage.getRequestId(), CODEC.encode(usage));
        }
        producer.flush();
    }

    private static void send(String key, byte[] value) {
        producer.send(new ProducerRecord<>(Topics.USAGE.name(), key.getBytes(StandardCharsets.UTF_8), value));
    }

    private List<UsageRecorded> some(int count) {
        Instant now = Instant.now();
        return IntStream.range(0, count)
                .mapToObj(i -> usages.at(now.minus(Duration.ofMinutes(i * 37L))))
                .toList();
    }

    private static void awaitEqualsReplay() {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(Sums.ofLedger(dataSource))
                .allSatisfy((table, sums) -> assertThat(sums).as(table).isEqualTo(Sums.ofLog(LOG.stream()))));
    }

    private static HttpResponse<String> get(EmbeddedServer server, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.getURL() + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void awaitReady(EmbeddedServer server, boolean ready) {
        await().atMost(PATIENCE).until(() -> get(server, "/health/readiness").statusCode() == (ready ? 200 : 503));
    }

    @Test
    void whatIsPublishedIsInTheLedgerAndTheUsageApiTellsIt() throws Exception {
        EmbeddedServer server = service();
        publish(some(60));
        publish(LOG.subList(LOG.size() - 30, LOG.size()).stream().toList());
        awaitEqualsReplay();

        List<UsageRecorded> own = List.of(
                usages.at(Instant.parse("2026-03-04T05:06:07.890Z"), "acme", "qwen"),
                usages.at(Instant.parse("2026-03-04T23:59:59.999Z"), "acme", "echo"),
                usages.at(Instant.parse("2026-03-05T00:00:00Z"), "acme", "echo"),
                usages.at(Instant.parse("2026-03-04T12:00:00Z"), "globex", "echo"));
        publish(own);
        awaitEqualsReplay();

        JsonNode day = usage(server, "?from=2026-03-04&to=2026-03-04", "acme");
        assertThat(day.path("object").asText()).isEqualTo("usage");
        assertThat(day.path("from").asText()).isEqualTo("2026-03-04T00:00:00Z");
        assertThat(day.path("to").asText()).isEqualTo("2026-03-05T00:00:00Z");
        assertFigures(day.path("total"), own.subList(0, 2));
        assertThat(day.path("by_model").size()).isEqualTo(2);
        assertThat(day.path("by_model").get(0).path("model").asText()).isEqualTo("echo");
        assertFigures(day.path("by_model").get(0), own.subList(1, 2));
        assertFigures(day.path("by_model").get(1), own.subList(0, 1));

        assertFigures(
                usage(server, "?from=2026-03-04T05:06:07.891Z&to=2026-03-05T00:00:00.001Z", "acme")
                        .path("total"),
                own.subList(1, 3));
        assertFigures(
                usage(server, "?from=2026-03-04&to=2026-03-06&model=qwen", "acme")
                        .path("total"),
                own.subList(0, 1));
        assertFigures(usage(server, "?from=1772582400&to=1772755200", null).path("total"), own);
        JsonNode nothing = usage(server, "?from=2001-01-01&to=2001-01-02", "acme");
        assertFigures(nothing.path("total"), List.of());
        assertThat(nothing.path("by_model").isArray()).isTrue();
    }

    private static JsonNode usage(EmbeddedServer server, String query, @Nullable String tenant) throws Exception {
        String[] headers = tenant == null ? new String[0] : new String[] {"X-Millrace-Tenant", tenant};
        HttpResponse<String> response = get(server, "/v1/usage" + query, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static void assertFigures(JsonNode figures, List<UsageRecorded> of) {
        Sums sums = new Sums(
                figures.path("requests").asLong(),
                figures.path("failed_requests").asLong(),
                figures.path("cancelled_requests").asLong(),
                figures.path("input_tokens").asLong(),
                figures.path("cached_tokens").asLong(),
                figures.path("output_tokens").asLong(),
                figures.path("reasoning_tokens").asLong(),
                figures.path("cost_micros").asLong());
        assertThat(sums).isEqualTo(Sums.ofLog(of.stream()));
    }

    @Test
    void aWrongParameterIsNamed() throws Exception {
        EmbeddedServer server = service();
        for (String query : List.of(
                "from=soon",
                "to=2026-02-30",
                "to=2026-01-01&from=2026-02-01",
                "model=%00",
                "model=a&model=b",
                "to=2026-01-01&to=2026-01-02",
                "frm=2026-01-01")) {
            HttpResponse<String> response = get(server, "/v1/usage?" + query);
            assertThat(response.statusCode()).as(query).isEqualTo(400);
            JsonNode error = JSON.readTree(response.body()).path("error");
            assertThat(error.path("param").asText()).isEqualTo(query.substring(0, query.indexOf('=')));
            assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
            assertThat(error.fieldNames()).toIterable().containsExactlyInAnyOrder("message", "type", "param", "code");
        }
    }

    @Test
    void garbageGoesToTheDeadLettersAndTheRestIsBilled() throws Exception {
        publish(some(5));
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
        send("x", "garbage".getBytes(StandardCharsets.UTF_8));
        send("x", CODEC.encode(negative));
        send("x", CODEC.encode(nameless));
        producer.flush();
        publish(some(5));

        service();
        awaitEqualsReplay();

        List<String> causes = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.DEAD_LETTERS.name(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(PATIENCE).untilAsserted(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    DeadLettered letter = (DeadLettered) CODEC.decode(record.value());
                    assertThat(letter.getTopic()).isEqualTo(Topics.USAGE.name());
                    causes.add(letter.getCause());
                }
                assertThat(causes).contains("NO_EVENT", "UNBILLABLE");
            });
        }
    }

    @Test
    void withoutPostgresNothingIsLostAndReadinessSaysSo() throws Exception {
        EmbeddedServer server = service();
        publish(some(10));
        awaitEqualsReplay();
        awaitReady(server, true);

        postgres.kill();
        publish(some(30));
        awaitReady(server, false);
        assertThat(get(server, "/health/liveness").statusCode()).isEqualTo(200);
        HttpResponse<String> away = get(server, "/v1/usage");
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("retry-after")).isPresent();
        assertThat(JSON.readTree(away.body()).path("error").path("code").asText())
                .isEqualTo("ledger_unavailable");

        postgres.startAgain();
        awaitEqualsReplay();
        awaitReady(server, true);
    }

    @Test
    void aServiceThatStartsBeforePostgresCatchesUpWhenItComes() throws Exception {
        postgres.kill();
        EmbeddedServer server = service();
        publish(some(10));
        awaitReady(server, false);

        postgres.startAgain();

        awaitEqualsReplay();
        awaitReady(server, true);
    }

    @Test
    void instancesThatComeAndGoWriteEachRecordOnce() throws Exception {
        EmbeddedServer first = service();
        publish(some(100));
        EmbeddedServer second = service();
        publish(some(100));
        first.close();
        publish(some(100));
        service();
        publish(some(50));
        second.close();
        publish(some(50));

        awaitEqualsReplay();
    }

    @Test
    void readingTheWholeLogAgainChangesNoSum() throws Exception {
        publish(some(40));
        EmbeddedServer server = service();
        awaitEqualsReplay();
        server.close();
        execute("UPDATE consumer_offsets SET next_offset = 0");

        service();
        publish(some(3));

        awaitEqualsReplay();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(backlog()).isZero());
        awaitEqualsReplay();
    }

    /** As from a backup, while the service runs: rows, rollups and offsets of earlier, and a month that is not there. */
    @Test
    void aLedgerThatWasPutBackToAnEarlierStateIsFilledFromTheLog() throws Exception {
        service();
        publish(some(20));
        awaitEqualsReplay();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(backlog()).isZero());
        List<String> tables =
                List.of("request_logs", "usage_by_minute", "usage_by_hour", "usage_by_day", "consumer_offsets");
        for (String table : tables) {
            execute("CREATE TABLE saved_" + table + " AS TABLE " + table);
        }
        publish(List.of(usages.at(Instant.parse("2023-05-17T12:00:00Z"))));
        publish(some(20));
        awaitEqualsReplay();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(backlog()).isZero());

        StringBuilder putBack = new StringBuilder("DROP TABLE request_logs_2023_05;");
        for (String table : tables) {
            putBack.append("TRUNCATE %1$s; INSERT INTO %1$s SELECT * FROM saved_%1$s; DROP TABLE saved_%1$s;"
                    .formatted(table));
        }
        execute(putBack.toString());
        // Every partition of the log gets some, for only with a batch it is noticed.
        publish(some(40));

        awaitEqualsReplay();
    }

    private static void execute(String statements) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.createStatement().execute(statements);
        }
    }

    /** Records in the log beyond the offsets that the ledger holds. */
    private static long backlog() throws Exception {
        long backlog = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
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
        try (Connection connection = dataSource.getConnection();
                var row = connection
                        .createStatement()
                        .executeQuery("SELECT next_offset FROM consumer_offsets WHERE partition = " + partition)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Test
    void aGapIsToldAndReadingGoesOn() throws Exception {
        EmbeddedServer before = service();
        publish(some(20));
        awaitEqualsReplay();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(backlog()).isZero());
        before.close();
        List<UsageRecorded> lost = some(12);
        lost.forEach(usage -> send(usage.getRequestId(), CODEC.encode(usage)));
        producer.flush();
        try (Admin admin = kafka.admin()) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(Topics.USAGE.name(), 0), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(Topics.USAGE.name(), 1), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(Topics.USAGE.name(), 2), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition(Topics.USAGE.name(), 3), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }

        EmbeddedServer after = service();
        publish(some(20));

        awaitEqualsReplay();
        await().atMost(PATIENCE).until(() -> get(after, "/metrics").body().contains("billing_gap_records_total 12.0"));
    }
}
