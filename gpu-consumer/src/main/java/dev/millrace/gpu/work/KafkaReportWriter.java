package dev.millrace.gpu.work;

import dev.millrace.topic.EventCodec;
import dev.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Writes reports through a producer of their own, so that a full reply buffer never costs the lease. */
final class KafkaReportWriter implements ReportWriter {

    private final Producer<byte[], byte[]> producer;
    private final EventCodec codec;

    KafkaReportWriter(Producer<byte[], byte[]> producer, EventCodec codec) {
        this.producer = producer;
        this.codec = codec;
    }

    @Override
    public void write(String model, SpecificRecord event, Acknowledged acknowledged) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.WORKERS.name(), model.getBytes(StandardCharsets.UTF_8), codec.encode(event));
        try {
            producer.send(record, (place, error) -> acknowledged.done(error == null));
        } catch (KafkaException | IllegalStateException e) {
            acknowledged.done(false);
        }
    }
}
