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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A real broker and a real PostgreSQL, and between them as many of the service as a test wants. All that was ever
 * published, by all of a class' tests, is in one log and one ledger, as in life.
 */
final class Office implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(2);
    static final EventCodec CODEC = new EventCodec(SchemaLookup.NONE);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final EmbeddedPostgres postgres;
    final EmbeddedKafka kafka;
    final HikariDataSource dataSource;
    final List<UsageRecorded> log = new ArrayList<>();
    private final List<EmbeddedServer> services = new ArrayList<>();

    Office() throws Exception {
        postgres = EmbeddedPostgres.start();
        dataSource = postgres.schema("billing");
        kafka = EmbeddedKafka.start();
        kafka.create(Topics.FIXED);
    }

    EmbeddedServer service() {
        EmbeddedServer service = ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.server.port", -1,
                        "millrace.kafka.bootstrap-servers", kafka.bootstrapServers(),
                        "millrace.postgres.url", postgres.url("billing"),
                        "millrace.postgres.timeout-millis", 5000,
                        "millrace.ledger.batch-records", 20,
                        "millrace.ledger.max-backoff-millis", 500));
        services.add(service);
        return service;
    }

    void closeServices() {
        services.forEach(EmbeddedServer::close);
        services.clear();
    }

    void publish(List<UsageRecorded> records) {
        log.addAll(records);
        send(records.stream().map(Office::record).toList());
    }

    /** Besides what is to be billed. */
    void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                // Its numbers for each partition could be those of a log that is no more.
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "enable.idempotence", false),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            records.forEach(producer::send);
        }
    }

    static ProducerRecord<byte[], byte[]> record(UsageRecorded usage) {
        return record(usage.getRequestId(), CODEC.encode(usage));
    }

    static ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
        return new ProducerRecord<>(Topics.USAGE.name(), key.getBytes(StandardCharsets.UTF_8), value);
    }

    void awaitEqualsReplay() {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(Sums.ofLedger(dataSource))
                .allSatisfy((table, sums) -> assertThat(sums).as(table).isEqualTo(Sums.ofLog(log.stream()))));
    }

    static HttpResponse<String> get(EmbeddedServer service, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.getURL() + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        closeServices();
        kafka.close();
        dataSource.close();
        postgres.close();
    }
}
