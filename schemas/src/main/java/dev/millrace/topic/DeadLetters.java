package dev.millrace.topic;

import dev.millrace.event.DeadLettered;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Where records go that could not be read or placed, with all that an operator needs to find out why. */
public final class DeadLetters {

    private static final int MAX_VALUE_BYTES = 64 << 10;
    private static final int MAX_KEY_BYTES = 4 << 10;
    private static final int MAX_TEXT_CHARS = 4 << 10;

    private final String service;
    private final EventCodec codec;
    private final Producer<byte[], byte[]> producer;

    public DeadLetters(String service, EventCodec codec, Producer<byte[], byte[]> producer) {
        this.service = service;
        this.codec = codec;
        this.producer = producer;
    }

    /** Sends a record there; whoever commits offsets past it waits for the future, or flushes the producer, first. */
    public Future<RecordMetadata> send(
            ConsumerRecord<byte @Nullable [], byte @Nullable []> record, String cause, String message) {
        DeadLettered letter = letter(service, record, cause, message);
        return producer.send(new ProducerRecord<>(Topics.DEAD_LETTERS.name(), null, codec.encode(letter)));
    }

    /**
     * The event itself, for those who write it in another way. Whatever the record is like, it finds a place: a letter
     * that no broker takes would be written, and its record read, again and again.
     */
    public static DeadLettered letter(
            String service, ConsumerRecord<byte @Nullable [], byte @Nullable []> record, String cause, String message) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        byte[] key = record.key();
        return new DeadLettered(
                record.topic(),
                record.partition(),
                record.offset(),
                cause,
                first(message),
                RequestHeaders.get(record.headers(), RequestHeaders.REQUEST_ID)
                        .map(DeadLetters::first)
                        .orElse(null),
                service,
                key == null ? null : first(key, MAX_KEY_BYTES),
                first(value, MAX_VALUE_BYTES),
                value.length);
    }

    private static ByteBuffer first(byte[] bytes, int most) {
        return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, most));
    }

    private static String first(String text) {
        return text.substring(0, Math.min(text.length(), MAX_TEXT_CHARS));
    }
}
