package dev.millrace.ingress.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.Capability;
import dev.millrace.event.DeadLettered;
import dev.millrace.event.Finished;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RulesReaderTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.RULES.name(), 0);

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final MockProducer<byte[], byte[]> letters =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<ConsumerRecord<byte[], byte[]>> topic = new ArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final Models models = new Models();
    private final RulesReader reader =
            new RulesReader(this::open, codec, models, new DeadLetters("test", codec, letters));

    /** The first one breaks after it has told everything. */
    private Consumer<byte[], byte[]> open() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, (long) topic.size()));
        consumer.schedulePollTask(() -> topic.forEach(consumer::addRecord));
        if (opened.incrementAndGet() == 1) {
            consumer.schedulePollTask(() -> consumer.setPollException(new KafkaException("broken")));
        }
        return consumer;
    }

    private void add(String key, byte @Nullable [] value) {
        topic.add(
                new ConsumerRecord<>(PARTITION.topic(), 0, topic.size(), key.getBytes(StandardCharsets.UTF_8), value));
    }

    private void add(String key, SpecificRecord event) {
        add(key, codec.encode(event));
    }

    @AfterEach
    void stop() throws InterruptedException {
        reader.stop();
    }

    @Test
    void garbageIsPutAsideOnceAndTheRestIsRead() throws Exception {
        add("a@a", FakeRules.model("a", "a", List.of(Capability.CHAT)));
        add("b@b", new byte[] {1, 2, 3});
        add("c@c", new Finished("r", 1, "w", 0, 0));
        add("d@d", FakeRules.model("d", "d", List.of(Capability.CHAT)));
        add("a@a", (byte[]) null);
        assertThat(reader.state().up()).isFalse();
        reader.start();
        await().atMost(SOON).until(() -> opened.get() == 2 && reader.state().up());

        assertThat(models.list()).extracting(ModelCard::id).containsExactly("d");
        assertThat(letters.history()).hasSize(2);
        DeadLettered letter =
                (DeadLettered) codec.decode(letters.history().get(0).value());
        assertThat(letter.getTopic()).isEqualTo(Topics.RULES.name());
        assertThat(letter.getOffset()).isEqualTo(1);
        assertThat(letter.getCause()).isEqualTo("NO_EVENT");
    }
}
