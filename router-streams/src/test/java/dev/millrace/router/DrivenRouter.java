package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Accepted;
import dev.millrace.event.Closed;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.ModelAnnounced;
import dev.millrace.event.Outcome;
import dev.millrace.event.Price;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RouterTicked;
import dev.millrace.event.UsageRecorded;
import dev.millrace.event.WorkAssigned;
import dev.millrace.reply.RequestId;
import dev.millrace.router.schedule.QueueConfig;
import dev.millrace.router.schedule.SchedulerConfig;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** The router's topology without a broker, in the hands of a test. */
final class DrivenRouter implements AutoCloseable {

    private static final Instant START = Instant.ofEpochMilli(1_800_000_000_000L);

    final Requests make = new Requests(1);
    final TopologyTestDriver driver;
    Instant now = START;
    final EventCodec codec = new EventCodec(SchemaLookup.NONE);

    DrivenRouter(Path directory) {
        Properties settings = new Properties();
        settings.put("application.id", "test");
        settings.put("bootstrap.servers", "nowhere:1");
        settings.put("state.dir", directory.toString());
        driver = new TopologyTestDriver(
                RouterTopology.of(new RouterTopology.Parts(
                        "router-1",
                        Duration.ofMillis(250),
                        SchedulerConfig.DEFAULT,
                        QueueConfig.DEFAULT,
                        codec,
                        new Meters<>(RouterMeter.class, new CollectorRegistry()))),
                settings,
                START);
    }

    @Override
    public void close() {
        driver.close();
    }

    /** From its acceptance to its end, after whatever came before. */
    void assertServesARequest() {
        announce();
        report(1);
        RequestId id = make.id(now.toEpochMilli());
        InferenceRequested request = Requests.request(id);
        send(Topics.REQUESTS.name(), Requests.MODEL, request);

        List<SpecificRecord> replies = read(Topics.REPLIES.name());
        assertThat(replies).containsExactly(new Accepted(id.toString(), 0, "router-1"));
        List<SpecificRecord> work = read(Topics.work(Requests.POOL).name());
        assertThat(work).singleElement().isInstanceOfSatisfying(WorkAssigned.class, assigned -> {
            assertThat(assigned.getWorker()).isEqualTo("w1");
            assertThat(assigned.getAttempt()).isEqualTo(1);
            assertThat(assigned.getNumber()).isEqualTo(1);
            assertThat(assigned.getRequest()).isEqualTo(request);
        });
        assertThat(stored(RouterTopology.ENTRIES)).isEqualTo(1);
        assertThat(stored(RouterTopology.BODIES)).isEqualTo(1);

        send(Topics.USAGE.name(), id.toString(), usage(id));
        assertThat(stored(RouterTopology.ENTRIES)).isZero();
        assertThat(stored(RouterTopology.BODIES)).isZero();
        send(Topics.REQUESTS.name(), Requests.MODEL, request);
        assertThat(read(Topics.work(Requests.POOL).name())).isEmpty();
    }

    List<SpecificRecord> ticksOf(int periods) {
        for (int i = 0; i < periods; i++) {
            driver.advanceWallClockTime(Duration.ofMillis(250));
        }
        return read(Topics.WORKERS.name());
    }

    Closed closed() {
        return read(Topics.REPLIES.name()).stream()
                .filter(Closed.class::isInstance)
                .map(Closed.class::cast)
                .reduce((first, second) -> {
                    throw new AssertionError("closed twice: " + first + second);
                })
                .orElseThrow();
    }

    /** The driver does not bring a sink's records back to a source of the same name, so the test does. */
    void tickFor(Duration duration) {
        for (long at = 0; at < duration.toMillis(); at += 250) {
            now = now.plusMillis(250);
            send(Topics.WORKERS.name(), "", new RouterTicked("router-1", 0, at));
        }
    }

    void announce() {
        ModelAnnounced announced = ModelAnnounced.newBuilder()
                .setModel(Requests.MODEL)
                .setPool(Requests.POOL)
                .setCreatedAtMillis(0)
                .setContextTokens(100)
                .setMaxOutputTokens(100)
                .setCapabilities(List.of())
                .setPrice(new Price(1L, 1L, 1L))
                .build();
        send(Topics.RULES.name(), Requests.MODEL + "@" + Requests.POOL, announced);
    }

    void report(long sequence) {
        send(
                Topics.WORKERS.name(),
                Requests.MODEL,
                Requests.report("w1", sequence, 2).build());
    }

    static UsageRecorded usage(RequestId id) {
        RequestFacts facts = Requests.request(id).getFacts();
        return new UsageRecorded(
                id.toString(), facts, Outcome.COMPLETED, null, "", "", "w1", 1, 1, 0, 1, 0, 0L, null, 0L);
    }

    void send(String topic, String key, SpecificRecord event) {
        input(topic).pipeInput(bytes(key), codec.encode(event), now);
    }

    TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    List<SpecificRecord> read(String topic) {
        return output(topic).readValuesToList().stream().map(this::decode).toList();
    }

    private SpecificRecord decode(byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (UnreadableEventException e) {
            throw new AssertionError(e);
        }
    }

    int stored(String store) {
        int count = 0;
        try (var all = driver.<String, byte[]>getKeyValueStore(store).all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
        return count;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
