package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.Drain;
import dev.millrace.event.LoadModel;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class ControlReaderTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.CONTROLS.name(), 0);

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final MockProducer<byte[], byte[]> letters =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final Bureau bureau = new Bureau();
    private long offset = 10;

    @Test
    void obeysFromItsStartOnWhatIsMeantForItsWorkers() throws InterruptedException {
        consumer.updateEndOffsets(Map.of(PARTITION, offset));
        EventReader events = new EventReader(Topics.CONTROLS, codec, new DeadLetters("test", codec, letters));
        try (ControlReader reader = new ControlReader(() -> consumer, events)) {
            reader.start();
            reader.join(Bureau.WORKER, bureau.desk);
            send(new Drain("another", "test"));
            send(new LoadModel(Bureau.WORKER, "m", "2", "there"));
            sendBytes(new byte[] {1, 2, 3});
            await().atMost(LONG).until(() -> letters.history().size() == 1);
            assertThat(drained()).isFalse();

            send(new Drain(Bureau.WORKER, "test"));
            await().atMost(LONG).until(this::drained);
        }
    }

    private boolean drained() {
        bureau.settle();
        return bureau.desk.hasLeft();
    }

    private void send(SpecificRecord order) {
        sendBytes(codec.encode(order));
    }

    private void sendBytes(byte[] value) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset++, new byte[0], value);
        consumer.schedulePollTask(() -> consumer.addRecord(record));
    }
}
