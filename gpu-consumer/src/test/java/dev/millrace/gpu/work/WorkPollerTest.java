package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.DeadLettered;
import dev.millrace.event.EndReason;
import dev.millrace.event.Started;
import dev.millrace.event.WorkEnded;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkPollerTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Topic TOPIC = Topics.work("p");
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC.name(), 4);

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final MockProducer<byte[], byte[]> letters =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ExecutorService deskThread = Executors.newSingleThreadExecutor();
    private final Bureau bureau = new Bureau();
    private final WorkPoller poller = new WorkPoller(
            TOPIC, () -> consumer, codec, new DeadLetters("test", codec, letters), bureau.desk, deskThread);

    @AfterEach
    void close() {
        poller.close();
        deskThread.shutdownNow();
    }

    @Test
    void bringsAssignmentsToTheDeskAndCommitsThem() throws Exception {
        String id = bureau.id();
        start();
        add(0, codec.encode(bureau.work(id, 1)), null);
        await().atMost(LONG).until(() -> committed() == 1);
        onDesk();

        assertThat(bureau.log.all(Started.class))
                .singleElement()
                .satisfies(started -> assertThat(started.getRequestId()).isEqualTo(id));
        assertThat(bureau.report().getPartitions()).containsExactly(4);
    }

    @Test
    void garbageGoesToTheDeadLettersAndItsRequestToTheRouter() throws Exception {
        String id = bureau.id();
        start();
        add(0, new byte[] {1, 2, 3}, id);
        add(1, new byte[] {4, 5, 6}, null);
        await().atMost(LONG).until(() -> committed() == 2);
        onDesk();

        assertThat(letters.history()).hasSize(2);
        DeadLettered letter =
                (DeadLettered) codec.decode(letters.history().get(0).value());
        assertThat(letter.getTopic()).isEqualTo(TOPIC.name());
        assertThat(letter.getRequestId()).isEqualTo(id);
        assertThat(bureau.told(WorkEnded.class)).singleElement().satisfies(ended -> {
            assertThat(ended.getRequestId()).isEqualTo(id);
            assertThat(ended.getReason()).isEqualTo(EndReason.REFUSED);
        });
    }

    @Test
    void takesNothingWhileTheDeskIsFull() throws Exception {
        bureau.generator.slots = 0;
        start();
        for (int i = 0; i < 3; i++) {
            add(i, codec.encode(bureau.work(bureau.id(), 1)), null);
        }
        await().atMost(LONG).until(() -> consumer.paused().contains(PARTITION));

        bureau.generator.slots = 8;
        onDesk();
        Future<?> freed = deskThread.submit(() -> bureau.begun().end("stop"));
        freed.get();
        onDesk();
        await().atMost(LONG).until(() -> consumer.paused().isEmpty());
    }

    private void start() {
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of(PARTITION));
            consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        });
        poller.start();
        await().atMost(LONG).until(() -> consumer.assignment().contains(PARTITION));
    }

    private void add(long offset, byte[] value, @Nullable String id) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(TOPIC.name(), PARTITION.partition(), offset, new byte[0], value);
        if (id != null) {
            RequestHeaders.put(record.headers(), RequestHeaders.REQUEST_ID, id);
        }
        consumer.schedulePollTask(() -> consumer.addRecord(record));
    }

    private long committed() {
        OffsetAndMetadata offset = consumer.committed(Set.of(PARTITION)).get(PARTITION);
        return offset == null ? 0 : offset.offset();
    }

    /** What was left for the desk is done where the desk works. */
    private void onDesk() throws Exception {
        deskThread.submit(() -> bureau.pass(100)).get();
    }
}
