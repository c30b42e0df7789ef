package dev.millrace.router.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.CloseCause;
import dev.millrace.event.Closed;
import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.Failed;
import dev.millrace.event.Failure;
import dev.millrace.event.Finished;
import dev.millrace.event.Outcome;
import dev.millrace.event.Started;
import dev.millrace.event.UsageRecorded;
import dev.millrace.reply.RequestId;
import dev.millrace.router.Requests;
import dev.millrace.router.RouterMeter;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.Limits;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlerSessionTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.REPLIES.name(), 3);
    private static final SettlerConfig CONFIG = new SettlerConfig(1, 6000, 100_800_000, 100, 15_000);

    private volatile long setBackMillis;
    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final Requests make = new Requests(1);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SettlerSession session = new SettlerSession(
            CONFIG,
            codec,
            new Meters<>(RouterMeter.class, new CollectorRegistry()),
            () -> Instant.now().minusMillis(setBackMillis),
            consumer,
            producer,
            (partition, from, to, reader) -> {});
    private final Thread thread = new Thread(session::run, "settler");
    private long offset;

    @BeforeEach
    void start() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
        thread.start();
        await().atMost(SOON).until(() -> session.partitions() == 1);
    }

    @AfterEach
    void stop() throws InterruptedException {
        session.stop();
        thread.join(SOON.toMillis());
    }

    private void add(RequestId id, byte[] value) {
        byte[] key = id.toString().getBytes(StandardCharsets.UTF_8);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset++, key, value);
        RequestHeaders.put(record.headers(), RequestHeaders.REQUEST_ID, id.toString());
        consumer.schedulePollTask(() -> consumer.addRecord(record));
    }

    private List<SpecificRecord> written() throws Exception {
        List<SpecificRecord> events = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : producer.history()) {
            events.add(codec.decode(record.value()));
        }
        return events;
    }

    private void addStarted(RequestId id) {
        add(
                id,
                codec.encode(new Started(
                        id.toString(),
                        1,
                        "w1",
                        "p",
                        "local",
                        Requests.request(id).getFacts())));
    }

    private long committed() {
        OffsetAndMetadata at = consumer.committed(Set.of(PARTITION)).get(PARTITION);
        return at == null ? 0 : at.offset();
    }

    @Test
    void garbageIsPutAsideAndTheRestIsSettled() throws Exception {
        RequestId id = make.id(1_800_000_000_000L);
        addStarted(id);
        add(id, new byte[] {1, 2, 3});
        add(id, codec.encode(new Finished(id.toString(), 1, "w1", 0, 0)));
        await().atMost(SOON).until(() -> committed() == 3);

        assertThat(written())
                .extracting(event -> (Object) event.getClass())
                .containsExactly(DeadLettered.class, CompletionRecorded.class, UsageRecorded.class);
        DeadLettered letter = (DeadLettered) written().get(0);
        assertThat(letter.getTopic()).isEqualTo(Topics.REPLIES.name());
        assertThat(letter.getPartition()).isEqualTo(3);
        assertThat(letter.getOffset()).isEqualTo(1);
        assertThat(letter.getCause()).isEqualTo("NO_EVENT");
        assertThat(letter.getRequestId()).isEqualTo(id.toString());
    }

    /** Whoever may write into the log may write this; a record of the same facts beside others would be too large. */
    @Test
    void anEndThatNoRecordCanHoldIsPutAsideAndTheRestIsSettled() throws Exception {
        RequestId large = make.id(1_800_000_000_000L);
        add(
                large,
                codec.encode(new Closed(
                        large.toString(),
                        1,
                        "router",
                        CloseCause.UNREADABLE,
                        Outcome.FAILED,
                        new Failure(500, "server_error", "x", "x".repeat(Limits.MAX_RECORD_BYTES - 1000), null, null),
                        Requests.request(large).getFacts())));
        RequestId next = make.id(1_800_000_000_001L);
        addStarted(next);
        add(next, codec.encode(new Finished(next.toString(), 1, "w1", 0, 0)));
        await().atMost(SOON).until(() -> committed() == 3);

        assertThat(written())
                .extracting(event -> (Object) event.getClass())
                .containsExactly(DeadLettered.class, CompletionRecorded.class, UsageRecorded.class);
        assertThat(((DeadLettered) written().get(0)).getCause()).isEqualTo("TOO_LARGE");
    }

    /** Doors and workers look for replies by their key, so that for them it belongs to the other request. */
    @Test
    void aReplyUnderTheKeyOfAnotherRequestCountsForNeither() throws Exception {
        RequestId id = make.id(1_800_000_000_000L);
        RequestId other = make.id(1_800_000_000_001L);
        addStarted(id);
        add(other, codec.encode(new Finished(id.toString(), 1, "w1", 0, 0)));
        add(
                id,
                codec.encode(new Failed(
                        id.toString(),
                        1,
                        "w1",
                        0,
                        0,
                        Outcome.FAILED,
                        new Failure(500, "server_error", "x", "x", null, null))));
        await().atMost(SOON).until(() -> committed() == 3);

        assertThat(((DeadLettered) written().get(0)).getCause()).isEqualTo("MISPLACED");
        assertThat(((UsageRecorded) written().get(2)).getOutcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void theCommitWaitsForTheOldestThatHasAnOwnerAndNoEnd() {
        RequestId open = make.id(1_800_000_000_000L);
        RequestId done = make.id(1_800_000_000_001L);
        addStarted(done);
        addStarted(open);
        add(done, codec.encode(new Finished(done.toString(), 1, "w1", 0, 0)));
        await().atMost(SOON).until(() -> committed() == 1);
        assertThat(producer.history())
                .extracting(ProducerRecord::topic)
                .containsExactly(Topics.COMPLETIONS.name(), Topics.USAGE.name());
        add(open, codec.encode(new Finished(open.toString(), 1, "w1", 0, 0)));
        await().atMost(SOON).until(() -> committed() == 4);
    }

    @Test
    void aClockThatIsSetBackHoldsNoCommitUp() {
        RequestId before = make.id(1_800_000_000_000L);
        addStarted(before);
        add(before, codec.encode(new Finished(before.toString(), 1, "w1", 0, 0)));
        await().atMost(SOON).until(() -> committed() == 2);
        setBackMillis = 3_600_000;
        RequestId after = make.id(1_800_000_000_001L);
        addStarted(after);
        add(after, codec.encode(new Finished(after.toString(), 1, "w1", 0, 0)));
        await().atMost(SOON).until(() -> committed() == 4);
    }

    @Test
    void whatAnErrorCutOffIsNotCommittedWithThePartitionsThatAreGivenBack() throws Exception {
        RequestId id = make.id(1_800_000_000_000L);
        addStarted(id);
        await().atMost(SOON).until(() -> consumer.position(PARTITION) == 1);
        producer.sendException = new KafkaException("this producer sends no more");
        add(id, codec.encode(new Finished(id.toString(), 1, "w1", 0, 0)));
        thread.join(SOON.toMillis());

        // As a consumer does that is closed.
        session.onPartitionsRevoked(List.of(PARTITION));

        assertThat(producer.history()).isEmpty();
        assertThat(committed()).as("the request is settled by whoever reads on").isZero();
    }
}
