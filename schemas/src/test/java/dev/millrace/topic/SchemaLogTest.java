package dev.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.event.DeadLettered;
import dev.millrace.event.Finished;
import dev.millrace.event.SchemaAnnounced;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SchemaLogTest {

    private static final TopicPartition PARTITION = new TopicPartition(Topics.SCHEMAS.name(), 0);
    private static final Schema NEWER = new Schema.Parser().parse("""
            {"type":"record","namespace":"dev.millrace.event","name":"Finished","fields":[
              {"name":"requestId","type":"string"},{"name":"mood","type":"string","default":"calm"}]}""");

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final List<byte[]> topic = new ArrayList<>();
    private final MockProducer<byte[], byte[]> producer = producer(true);
    private int reads;
    private boolean away;
    private long nowMillis = 1_800_000_000_000L;
    private final SchemaLog log = new SchemaLog(this::read, new TestClock());

    private static MockProducer<byte[], byte[]> producer(boolean answers) {
        return new MockProducer<>(answers, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private final class TestClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(nowMillis);
        }
    }

    /** A consumer of what is in the topic now. */
    private Consumer<byte[], byte[]> read() {
        reads++;
        if (away) {
            throw new KafkaException("no broker");
        }
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, (long) topic.size()));
        consumer.schedulePollTask(() -> {
            for (long at = consumer.position(PARTITION); at < topic.size(); at++) {
                consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, at, new byte[0], topic.get((int) at)));
            }
        });
        return consumer;
    }

    private byte[] announcement(Schema schema) {
        return codec.encode(new SchemaAnnounced(EventCodec.fingerprint(schema), schema.toString()));
    }

    private void announced() {
        producer.history().stream().map(ProducerRecord::value).forEach(topic::add);
        producer.clear();
    }

    @Test
    void everySchemaIsAnnouncedOnceUnderItsFingerprint() throws Exception {
        log.announce(producer);
        assertThat(producer.history()).hasSize(EventCodec.EVENTS.size());
        for (ProducerRecord<byte[], byte[]> record : producer.history()) {
            SchemaAnnounced announced = (SchemaAnnounced) codec.decode(record.value());
            assertThat(ByteBuffer.wrap(record.key()).getLong()).isEqualTo(announced.getFingerprint());
            assertThat(EventCodec.fingerprint(new Schema.Parser().parse(announced.getDefinition())))
                    .isEqualTo(announced.getFingerprint());
        }
        announced();
        log.announce(producer);
        new SchemaLog(this::read, new TestClock()).announce(producer);
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void whatCouldNotBeAnnouncedIsAnErrorAndNotASecret() {
        MockProducer<byte[], byte[]> broken = producer(true);
        broken.sendException = new TimeoutException("no broker");
        assertThatThrownBy(() -> log.announce(broken)).isInstanceOf(KafkaException.class);
    }

    @Test
    void aSchemaIsFoundOnceItIsAnnouncedHoweverRecentlyOneWasAskedFor() {
        long newer = EventCodec.fingerprint(NEWER);
        assertThat(log.find(1)).isEmpty();
        topic.add(announcement(NEWER));
        assertThat(log.find(newer)).contains(NEWER);
        int before = reads;
        assertThat(log.find(newer)).contains(NEWER);
        assertThat(reads).as("known ones cost nothing").isEqualTo(before);
    }

    @Test
    void garbageThatLooksLikeEventsDoesNotMakeItAskForEver() {
        for (int i = 0; i < 1000; i++) {
            assertThat(log.find(i)).isEmpty();
        }
        assertThat(reads).isLessThanOrEqualTo(10);
        int before = reads;
        nowMillis += 1000;
        topic.add(announcement(NEWER));
        assertThat(log.find(EventCodec.fingerprint(NEWER))).contains(NEWER);
        assertThat(reads).isEqualTo(before + 1);
    }

    @Test
    void garbageInTheTopicIsSteppedOverAndPutAside() throws Exception {
        topic.add(new byte[] {1, 2, 3});
        topic.add(codec.encode(new Finished("r", 1, "w", 0, 0)));
        topic.add(codec.encode(new SchemaAnnounced(5L, "{\"type\":\"nonsense\"}")));
        topic.add(announcement(NEWER));
        assertThat(log.find(EventCodec.fingerprint(NEWER))).contains(NEWER);

        log.announce(producer);
        List<DeadLettered> letters = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : producer.history()) {
            if (codec.decode(record.value()) instanceof DeadLettered letter) {
                letters.add(letter);
            }
        }
        assertThat(letters).extracting(DeadLettered::getTopic).containsOnly(Topics.SCHEMAS.name());
        assertThat(letters).extracting(DeadLettered::getOffset).containsExactly(0L, 1L, 2L);
        assertThat(letters).extracting(DeadLettered::getCause).containsExactly("NO_EVENT", "UNKNOWN_EVENT", "CORRUPT");
        producer.clear();
        log.announce(producer);
        assertThat(producer.history())
                .extracting(ProducerRecord::topic)
                .as("put aside once")
                .doesNotContain(Topics.DEAD_LETTERS.name());
    }

    @Test
    void aBrokerThatIsAwayDoesNotMakeAnEventUnreadable() {
        topic.add(announcement(NEWER));
        EventCodec reader = new EventCodec(log);
        byte[] event = ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0xC3, 1})
                .putLong(EventCodec.fingerprint(NEWER))
                .array();
        away = true;
        assertThatThrownBy(() -> reader.decode(event)).isInstanceOf(KafkaException.class);
        away = false;
        assertThat(log.find(EventCodec.fingerprint(NEWER))).contains(NEWER);
    }
}
