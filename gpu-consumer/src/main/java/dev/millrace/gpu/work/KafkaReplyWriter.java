package dev.millrace.gpu.work;

import dev.millrace.event.Chunk;
import dev.millrace.reply.RequestId;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Writes replies through one producer, which keeps the order within a partition. */
final class KafkaReplyWriter implements ReplyWriter {

    private final Producer<byte[], byte[]> producer;
    private final EventCodec codec;
    private final AtomicLong inFlightBytes = new AtomicLong();

    KafkaReplyWriter(Producer<byte[], byte[]> producer, EventCodec codec) {
        this.producer = producer;
        this.codec = codec;
    }

    @Override
    public void write(RequestId id, SpecificRecord event, Written written) {
        byte[] value = codec.encode(event);
        inFlightBytes.addAndGet(value.length);
        try {
            producer.send(record(id, event, value), (place, error) -> {
                inFlightBytes.addAndGet(-value.length);
                written.done(place == null ? -1 : place.offset(), error);
            });
        } catch (KafkaException | IllegalStateException e) {
            inFlightBytes.addAndGet(-value.length);
            written.done(-1, e);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(RequestId id, SpecificRecord event, byte[] value) {
        String text = id.toString();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.REPLIES.name(), id.replyPartition(), text.getBytes(StandardCharsets.UTF_8), value);
        if (!(event instanceof Chunk)) {
            RequestHeaders.put(record.headers(), RequestHeaders.REQUEST_ID, text);
            RequestHeaders.put(record.headers(), RequestHeaders.REPLY_PARTITION, Integer.toString(id.replyPartition()));
        }
        return record;
    }

    @Override
    public long inFlightBytes() {
        return inFlightBytes.get();
    }
}
