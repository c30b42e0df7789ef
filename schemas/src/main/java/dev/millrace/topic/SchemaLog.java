package dev.millrace.topic;

import dev.millrace.event.SchemaAnnounced;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The schemas topic: every writer announces what it writes before it does, every reader finds what it does not know. */
public final class SchemaLog implements SchemaLookup {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaLog.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.SCHEMAS.name(), 0);
    private static final Duration POLL = Duration.ofMillis(200);

    /** Garbage that looks like an event must not make every reader ask the broker again and again. */
    private static final long REFRESH_PAUSE_MILLIS = 1000;

    private static final int MAX_SCHEMAS = 10_000;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Clock clock;
    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final Map<Long, Schema> known = new ConcurrentHashMap<>();
    private long position;
    private long refreshedAtMillis = Long.MIN_VALUE;

    public SchemaLog(Supplier<Consumer<byte[], byte[]>> consumers, Clock clock) {
        this.consumers = consumers;
        this.clock = clock;
    }

    /** Announces the schema of every event that this build can write, where it is not there yet; returns when it is. */
    public synchronized void announce(Producer<byte[], byte[]> producer) {
        refresh();
        for (Class<?> event : EventCodec.EVENTS) {
            Schema schema = SpecificData.get().getSchema(event);
            long fingerprint = EventCodec.fingerprint(schema);
            if (!known.containsKey(fingerprint)) {
                byte[] key =
                        ByteBuffer.allocate(Long.BYTES).putLong(fingerprint).array();
                byte[] value = codec.encode(new SchemaAnnounced(fingerprint, schema.toString()));
                producer.send(new ProducerRecord<>(Topics.SCHEMAS.name(), 0, key, value));
            }
        }
        producer.flush();
    }

    @Override
    public Optional<Schema> find(long fingerprint) {
        Schema schema = known.get(fingerprint);
        return schema != null ? Optional.of(schema) : findAfterRefresh(fingerprint);
    }

    private synchronized Optional<Schema> findAfterRefresh(long fingerprint) {
        if (clock.millis() - REFRESH_PAUSE_MILLIS >= refreshedAtMillis) {
            refresh();
        }
        return Optional.ofNullable(known.get(fingerprint));
    }

    private void refresh() {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, position);
            long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(POLL).forEach(this::learn);
            }
            position = end;
        } catch (KafkaException e) {
            LOG.warn("Could not read {}: {}", Topics.SCHEMAS.name(), e.toString());
        }
        refreshedAtMillis = clock.millis();
    }

    private void learn(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null || known.size() >= MAX_SCHEMAS) {
            return;
        }
        try {
            if (codec.decode(record.value()) instanceof SchemaAnnounced announced) {
                Schema schema = new Schema.Parser().parse(announced.getDefinition());
                known.put(EventCodec.fingerprint(schema), schema);
            }
        } catch (UnreadableEventException | SchemaParseException e) {
            LOG.warn("Skipped offset {} of {}: {}", record.offset(), Topics.SCHEMAS.name(), e.toString());
        } catch (AvroRuntimeException e) {
            LOG.warn("Skipped a schema at offset {}: {}", record.offset(), e.toString());
        }
    }
}
