package dev.millrace.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Accepted;
import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.ModelAnnounced;
import dev.millrace.event.Outcome;
import dev.millrace.event.Price;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.RouterTicked;
import dev.millrace.event.RoutingRule;
import dev.millrace.event.RoutingRules;
import dev.millrace.event.UsageRecorded;
import dev.millrace.event.WorkAssigned;
import dev.millrace.event.WorkerReported;
import dev.millrace.reply.RequestId;
import dev.millrace.reply.RequestIds;
import dev.millrace.router.schedule.QueueConfig;
import dev.millrace.router.schedule.SchedulerConfig;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterTopologyTest {

    private static final Instant START = Instant.ofEpochMilli(1_800_000_000_000L);

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final CollectorRegistry registry = new CollectorRegistry();
    private final Meters<RouterMeter> meters = new Meters<>(RouterMeter.class, registry);
    private final Requests make = new Requests(1);

    private TopologyTestDriver driver;
    private Instant now = START;

    @BeforeEach
    void start(@TempDir Path directory) {
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
                        meters)),
                settings,
                START);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void aRequestGoesToItsWorkerAndIsForgottenWhenItIsSettled() {
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

    @Test
    void aRequestWhoseEntryAloneOutlivedACrashIsWholeAgainWhenItIsReadAgain() {
        announce();
        InferenceRequested request = Requests.request(make.id(now.toEpochMilli()));
        send(Topics.REQUESTS.name(), Requests.MODEL, request);
        driver.<String, byte[]>getKeyValueStore(RouterTopology.BODIES).delete(request.getRequestId());
        read(Topics.REPLIES.name());

        send(Topics.REQUESTS.name(), Requests.MODEL, request);
        report(1);

        assertThat(read(Topics.work(Requests.POOL).name()))
                .singleElement()
                .isInstanceOfSatisfying(WorkAssigned.class, assigned -> assertThat(assigned.getRequest())
                        .isEqualTo(request));
        assertThat(read(Topics.REPLIES.name())).as("accepted once").isEmpty();
    }

    @Test
    void itTicksOnlyWhileThereIsSomethingToJudgeAndSlowlyWhileNobodyWaits() {
        assertThat(ticksOf(12)).isEmpty();
        report(1);
        assertThat(ticksOf(12)).hasSize(4).allMatch(RouterTicked.class::isInstance);
        send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(make.id(now.toEpochMilli())));
        assertThat(ticksOf(12)).hasSize(12);
    }

    private List<SpecificRecord> ticksOf(int periods) {
        for (int i = 0; i < periods; i++) {
            driver.advanceWallClockTime(Duration.ofMillis(250));
        }
        return read(Topics.WORKERS.name());
    }

    @Test
    void aModelNobodyKnowsIsA404AndOneWithoutWorkersA503() {
        RequestId unknown = make.id(now.toEpochMilli());
        send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(unknown));
        tickFor(Duration.ofSeconds(4));
        assertThat(closed()).satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.UNKNOWN_MODEL);
            assertThat(end.getFailure().getStatus()).isEqualTo(404);
            assertThat(end.getFailure().getCode()).isEqualTo("model_not_found");
            assertThat(end.getAttempt()).isEqualTo(1);
        });
        send(Topics.USAGE.name(), unknown.toString(), usage(unknown));

        announce();
        send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(make.id(now.toEpochMilli())));
        read(Topics.REPLIES.name());
        tickFor(Duration.ofSeconds(32));
        assertThat(closed()).satisfies(end -> {
            assertThat(end.getCause()).isEqualTo(CloseCause.NO_WORKER);
            assertThat(end.getFailure().getStatus()).isEqualTo(503);
            assertThat(end.getFailure().getRetryAfterMillis()).isPositive();
        });
    }

    @Test
    void rulesAreInForceAtTheNextTick() {
        announce();
        report(1);
        send(
                Topics.RULES.name(),
                Requests.MODEL,
                RoutingRules.newBuilder()
                        .setModel(Requests.MODEL)
                        .setVersion(1)
                        .setRules(List.of(RoutingRule.newBuilder()
                                .setPool(Requests.POOL)
                                .setEnabled(false)
                                .build()))
                        .build());
        tickFor(Duration.ofMillis(250));
        send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(make.id(now.toEpochMilli())));
        assertThat(read(Topics.work(Requests.POOL).name())).isEmpty();
        driver.createInputTopic(Topics.RULES.name(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(bytes(Requests.MODEL), null, now);
        tickFor(Duration.ofMillis(250));
        assertThat(read(Topics.work(Requests.POOL).name())).hasSize(1);
    }

    @Test
    void garbageGoesToTheDeadLettersItsRequestIsClosedAndTheRestGoesOn() {
        RequestId id = make.id(now.toEpochMilli());
        RecordHeaders headers = new RecordHeaders();
        RequestHeaders.put(headers, RequestHeaders.REQUEST_ID, id.toString());
        RequestHeaders.put(headers, RequestHeaders.TENANT, "acme");
        input(Topics.REQUESTS.name())
                .pipeInput(new TestRecord<>(bytes(Requests.MODEL), bytes("{\"no\":\"event\"}"), headers, now));
        for (String topic : List.of(Topics.REQUESTS.name(), Topics.WORKERS.name(), Topics.USAGE.name())) {
            input(topic).pipeInput(bytes(Requests.MODEL), bytes("garbage"), now);
        }

        List<SpecificRecord> letters = read(Topics.DEAD_LETTERS.name());
        assertThat(letters).hasSize(4);
        DeadLettered first = (DeadLettered) letters.get(0);
        assertThat(first.getTopic()).isEqualTo(Topics.REQUESTS.name());
        assertThat(first.getOffset()).isZero();
        assertThat(first.getCause()).isEqualTo("NO_EVENT");
        assertThat(first.getRequestId()).isEqualTo(id.toString());
        assertThat(letters.stream().map(letter -> ((DeadLettered) letter).getTopic()))
                .contains(Topics.WORKERS.name(), Topics.USAGE.name());
        assertThat(closed()).satisfies(end -> {
            assertThat(end.getRequestId()).isEqualTo(id.toString());
            assertThat(end.getCause()).isEqualTo(CloseCause.UNREADABLE);
            assertThat(end.getFailure().getStatus()).isEqualTo(500);
            assertThat(end.getFacts().getTenant()).isEqualTo("acme");
        });
        send(Topics.USAGE.name(), id.toString(), usage(id));
        aRequestGoesToItsWorkerAndIsForgottenWhenItIsSettled();
    }

    @Test
    void aRequestThatCannotBeAnsweredIsPutAside() {
        announce();
        RequestId nowhere = new RequestIds("only for tests, and nothing else", new Random(1))
                .mint(now.toEpochMilli(), Topics.REPLIES.partitions(), 0);
        send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(nowhere));
        RecordHeaders headers = new RecordHeaders();
        RequestHeaders.put(headers, RequestHeaders.REQUEST_ID, nowhere.toString());
        input(Topics.REQUESTS.name())
                .pipeInput(new TestRecord<>(bytes(Requests.MODEL), bytes("garbage"), headers, now));

        assertThat(read(Topics.DEAD_LETTERS.name()))
                .extracting(letter -> ((DeadLettered) letter).getCause())
                .containsExactly("BAD_ID", "NO_EVENT");
        assertThat(read(Topics.REPLIES.name())).isEmpty();
        assertThat(stored(RouterTopology.ENTRIES)).isZero();
    }

    @Test
    void aWorkerThatNothingCanBeSentToIsPutAside() {
        announce();
        for (WorkerReported.Builder report : List.of(
                Requests.report("w1", 1, 2).setPool("../no pool"),
                Requests.report("w1", 2, 2).setPartitions(List.of(-1)),
                Requests.report("w1", 3, 2)
                        .setPartitions(List.of(Topics.work(Requests.POOL).partitions())))) {
            send(Topics.WORKERS.name(), Requests.MODEL, report.build());
        }
        assertThat(read(Topics.DEAD_LETTERS.name()))
                .extracting(letter -> ((DeadLettered) letter).getCause())
                .containsExactly("MISPLACED", "MISPLACED", "MISPLACED");

        aRequestGoesToItsWorkerAndIsForgottenWhenItIsSettled();
    }

    @Test
    void repliesGoIntoThePartitionThatTheIdNames() {
        announce();
        RequestId id = make.id(now.toEpochMilli());
        send(Topics.REQUESTS.name(), Requests.MODEL, Requests.request(id));
        TestRecord<byte[], byte[]> reply = output(Topics.REPLIES.name()).readRecord();
        assertThat(reply.key()).isEqualTo(bytes(id.toString()));
        assertThat(RequestHeaders.get(reply.headers(), RequestHeaders.REPLY_PARTITION))
                .contains(Integer.toString(id.replyPartition()));
    }

    private Closed closed() {
        return read(Topics.REPLIES.name()).stream()
                .filter(Closed.class::isInstance)
                .map(Closed.class::cast)
                .reduce((first, second) -> {
                    throw new AssertionError("closed twice: " + first + second);
                })
                .orElseThrow();
    }

    /** The driver does not bring a sink's records back to a source of the same name, so the test does. */
    private void tickFor(Duration duration) {
        for (long at = 0; at < duration.toMillis(); at += 250) {
            now = now.plusMillis(250);
            send(Topics.WORKERS.name(), "", new RouterTicked("router-1", 0, at));
        }
    }

    private void announce() {
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

    private void report(long sequence) {
        send(
                Topics.WORKERS.name(),
                Requests.MODEL,
                Requests.report("w1", sequence, 2).build());
    }

    private static UsageRecorded usage(RequestId id) {
        RequestFacts facts = Requests.request(id).getFacts();
        return new UsageRecorded(
                id.toString(), facts, Outcome.COMPLETED, null, "", "", "w1", 1, 1, 0, 1, 0, 0L, null, 0L);
    }

    private void send(String topic, String key, SpecificRecord event) {
        input(topic).pipeInput(bytes(key), codec.encode(event), now);
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private List<SpecificRecord> read(String topic) {
        return output(topic).readValuesToList().stream().map(this::decode).toList();
    }

    private SpecificRecord decode(byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (dev.millrace.topic.UnreadableEventException e) {
            throw new AssertionError(e);
        }
    }

    private int stored(String store) {
        int count = 0;
        try (var all = driver.<String, byte[]>getKeyValueStore(store).all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
        return count;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
