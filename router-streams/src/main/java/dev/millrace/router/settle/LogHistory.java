package dev.millrace.router.settle;

import dev.millrace.service.KafkaClients;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The past as Kafka still has it. */
final class LogHistory implements History {

    private static final Logger LOG = LoggerFactory.getLogger(LogHistory.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaClients clients;
    private final EventCodec codec;

    LogHistory(KafkaClients clients, EventCodec codec) {
        this.clients = clients;
        this.codec = codec;
    }

    @Override
    public void read(int partition, long from, long to, Reader reader) {
        TopicPartition at = new TopicPartition(Topics.REPLIES.name(), partition);
        try (Consumer<byte[], byte[]> consumer = clients.reader("settler-history")) {
            consumer.assign(List.of(at));
            long begins = consumer.beginningOffsets(List.of(at)).getOrDefault(at, 0L);
            consumer.seek(at, Math.max(begins, from));
            LOG.info("Reading {} again from {} to {}", at, Math.max(begins, from), to);
            while (consumer.position(at) < to) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < to) {
                        read(record, reader);
                    }
                }
            }
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record, Reader reader) {
        if (record.value() == null) {
            return;
        }
        try {
            reader.read(EventReader.decode(Topics.REPLIES, codec, record), record.offset(), record.timestamp());
        } catch (UnreadableEventException e) {
            LOG.debug("Skipped what was unreadable before, at {}", record.offset(), e);
        }
    }
}
