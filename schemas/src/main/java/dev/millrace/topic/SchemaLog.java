package dev.millrace.topic;

import dev.millrace.event.SchemaAnnounced;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The schemas topic: every writer announces what it writes before it does, every reader finds what it does not know. */
public final class SchemaLog implements SchemaLookup {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaLog.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.SCHEMAS.name(), 0);
    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * Garbage that looks like an event must not make every reader ask the broker again and again: so many questions are
     * free, then one in each pause. Never none, because a schema may have been announced since the last one.
     */
    private static final int FREE_REFRESHES = 10;

    private static final long REFRESH_PAUSE_MILLIS = 1000;

    private static final int MAX_SCHEMAS = 10_000;
    private static final int MAX_UNREAD = 100;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Clock clock;
    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final Map<Long, Schema> known = new ConcurrentHashMap<>();
    private final List<Unread> unread = new ArrayList<>();
    private long position;
    private int refreshesLeft = FREE_REFRESHES;
    private long refilledAtMillis;

    private record Unread(ConsumerRecord<byte[], byte[]> record, String cause, String message) {}

    public SchemaLog(Supplier<Consumer<byte[], byte[]>> consumers, Clock clock) {
        this.consumers = consumers;
        this.clock = clock;
    }

    /**
     * Announces the schema of every event that this build can write, where it is not there yet; returns when it is. Who
     * comes this way can write, so what was found unreadable here goes to the dead letters now.
     *
     * @throws KafkaException where that failed, so that nothing is written that nobody could read
     */
    public synchronized void announce(Producer<byte[], byte[]> producer) {
        refresh();
        for (Class<?> event : EventCodec.EVENTS) {
            Schema schema = SpecificData.get().getSchema(event);
            long fingerprint = EventCodec.fingerprint(schema);
            if (!known.containsKey(fingerprint)) {
                byte[] key =
                        ByteBuffer.allocate(Long.BYTES).putLong(fingerprint).array();
                byte[] value = codec.encode(new SchemaAnnounced(fingerprint, schema.toString()));
                await(producer.send(new ProducerRecord<>(Topics.SCHEMAS.name(), 0, key, value)));
            }
        }
        DeadLetters deadLetters = new DeadLetters("schema-log", codec, producer);
        for (Unread one : unread) {
            await(deadLetters.send(one.record, one.cause, one.message));
        }
        unread.clear();
    }

    private static void await(Future<RecordMetadata> written) {
        try {
            written.get();
        } catch (ExecutionException e) {
            throw new KafkaException("could not write what must be known", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public Optional<Schema> find(long fingerprint) {
        Schema schema = known.get(fingerprint);
        return schema != null ? Optional.of(schema) : findAfterRefresh(fingerprint);
    }

    private synchronized Optional<Schema> findAfterRefresh(long fingerprint) {
        if (!known.containsKey(fingerprint) && mayRefresh()) {
            refresh();
        }
        return Optional.ofNullable(known.get(fingerprint));
    }

    private boolean mayRefresh() {
        long now = clock.millis();
        long earned = (now - refilledAtMillis) / REFRESH_PAUSE_MILLIS;
        if (earned != 0) {
            refreshesLeft = earned < 0 ? refreshesLeft : (int) Math.min(FREE_REFRESHES, refreshesLeft + earned);
            refilledAtMillis = now;
        }
        return refreshesLeft > 0 && refreshesLeft-- > 0;
    }

    private void refresh() {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            consumer.assign(List.of(PARTITION));
            if (position == 0) {
                consumer.seekToBeginning(List.of(PARTITION));
            } else {
                consumer.seek(PARTITION, position);
            }
            long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
            while (consumer.position(PARTITION) < end) {
                consumer.poll(POLL).forEach(this::learn);
            }
            position = end;
        }
    }

    private void learn(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null || known.size() >= MAX_SCHEMAS) {
            return;
        }
        try {
            SpecificRecord event = EventReader.decode(Topics.SCHEMAS, codec, record.value());
            Schema schema = new Schema.Parser().parse(((SchemaAnnounced) event).getDefinition());
            known.put(EventCodec.fingerprint(schema), schema);
        } catch (UnreadableEventException e) {
            skip(record, e.reason().name(), e);
        } catch (AvroRuntimeException e) {
            skip(record, UnreadableEventException.Reason.CORRUPT.name(), e);
        }
    }

    private void skip(ConsumerRecord<byte[], byte[]> record, String cause, Exception error) {
        LOG.warn("Skipped offset {} of {}: {}", record.offset(), Topics.SCHEMAS.name(), error.toString());
        if (unread.size() < MAX_UNREAD) {
            unread.add(new Unread(record, cause, String.valueOf(error.getMessage())));
        }
    }
}
