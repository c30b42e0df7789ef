package dev.millrace.router;

import dev.millrace.event.DeadLettered;
import dev.millrace.topic.DeadLetters;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Dead letters about the record that a processor has in hand. */
final class Letters {

    static final String SERVICE = "router";
    private static final int NO_SIZE = ConsumerRecord.NULL_SIZE;

    private Letters() {}

    static DeadLettered of(
            ProcessorContext<?, ?> context, Record<byte[], byte[]> record, String cause, String message) {
        String topic = context.recordMetadata().map(at -> at.topic()).orElse("");
        int partition = context.recordMetadata().map(at -> at.partition()).orElse(0);
        long offset = context.recordMetadata().map(at -> at.offset()).orElse(0L);
        return DeadLetters.letter(
                SERVICE,
                new ConsumerRecord<>(
                        topic,
                        partition,
                        offset,
                        record.timestamp(),
                        TimestampType.LOG_APPEND_TIME,
                        NO_SIZE,
                        NO_SIZE,
                        record.key(),
                        record.value(),
                        record.headers(),
                        Optional.empty()),
                cause,
                message);
    }
}
