package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.event.Chunk;
import dev.millrace.event.RequestFacts;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.reply.RequestId;
import dev.millrace.reply.RequestIds;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class KafkaLogReaderTest {

    private static final TopicPartition PARTITION = new TopicPartition(Topics.REPLIES.name(), 3);
    private static final RequestFacts FACTS =
            RequestFacts.newBuilder().setModel("m").build();
    private static final LongSupplier CLOCK = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final RequestIds ids = new RequestIds("a secret of a test", new Random(1));
    private final AtomicInteger opened = new AtomicInteger();
    private final RequestId first = ids.mint(1, 3, 5);
    private final RequestId second = ids.mint(1, 3, 6);
    private long offset = 5;

    @Test
    void readsEachRequestUpToItsOwnMarkerAndKeepsItsConsumer() throws Exception {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.schedulePollTask(() -> {
            add(consumer, first, new Started(first.toString(), 1, "w0", "p", "local", FACTS));
            add(consumer, second, new Started(second.toString(), 1, "w0", "p", "local", FACTS));
            add(consumer, first, chunk(first, 0, "a"));
            add(consumer, first, new TakenOver(first.toString(), 2, "w1", "p", "local", FACTS));
            consumer.addRecord(record(first, new byte[] {1, 2, 3}));
            add(consumer, second, chunk(second, 0, "b"));
            add(consumer, second, new TakenOver(second.toString(), 2, "w1", "p", "local", FACTS));
            add(consumer, first, new TakenOver(first.toString(), 3, "w2", "p", "local", FACTS));
        });
        try (KafkaLogReader reader = new KafkaLogReader(() -> open(consumer), codec, CLOCK, 1, 60_000)) {
            CompletableFuture<LogView> one = reader.read(first, 8);
            LogView view = one.get(30, TimeUnit.SECONDS);

            assertThat(view.owner()).isNotNull().extracting("attempt", "worker").containsExactly(2, "w1");
            assertThat(view.chunks()).isEqualTo(1);
            assertThat(view.delivered()).singleElement().satisfies(choice -> {
                assertThat(choice.text()).isEqualTo("a");
                assertThat(choice.tokenIds()).containsExactly(0);
            });
        }
        assertThat(consumer.closed()).isTrue();
        assertThat(opened).hasValue(1);
    }

    @Test
    void givesUpAfterItsTime() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        try (KafkaLogReader reader = new KafkaLogReader(() -> open(consumer), codec, CLOCK, 1, 1)) {
            assertThatThrownBy(() -> reader.read(first, 100).get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("in time");
        }
    }

    @Test
    void saysSoWhereNoConsumerCanBeMadeAndGoesOn() throws Exception {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.schedulePollTask(
                () -> add(consumer, first, new TakenOver(first.toString(), 2, "w1", "p", "local", FACTS)));
        AtomicInteger tried = new AtomicInteger();
        Supplier<Consumer<byte[], byte[]>> consumers = () -> {
            if (tried.incrementAndGet() == 1) {
                throw new KafkaException("no resolvable bootstrap urls");
            }
            return open(consumer);
        };
        try (KafkaLogReader reader = new KafkaLogReader(consumers, codec, CLOCK, 1, 60_000)) {
            assertThatThrownBy(() -> reader.read(first, 5).get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("bootstrap");
            assertThat(reader.read(first, 5).get(30, TimeUnit.SECONDS).chunks()).isZero();
        }
    }

    private Consumer<byte[], byte[]> open(MockConsumer<byte[], byte[]> consumer) {
        opened.incrementAndGet();
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        return consumer;
    }

    private void add(MockConsumer<byte[], byte[]> consumer, RequestId id, SpecificRecord event) {
        consumer.addRecord(record(id, codec.encode(event)));
    }

    private ConsumerRecord<byte[], byte[]> record(RequestId id, byte[] value) {
        byte[] key = id.toString().getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset++, key, value);
    }

    private static Chunk chunk(RequestId id, int sequence, String text) {
        return Chunk.newBuilder()
                .setRequestId(id.toString())
                .setAttempt(1)
                .setWorker("w0")
                .setSequence(sequence)
                .setText(text)
                .setTokens(1)
                .setTokenIds(List.of(sequence))
                .build();
    }
}
