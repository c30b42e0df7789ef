package dev.millrace.gpu.work;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what was admitted, until it is committed: whoever reads it again refuses it, and the router would have to find
 * out that it runs all the same. Used by the thread that polls.
 */
final class Commits {

    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, OffsetAndMetadata> pending = new HashMap<>();

    Commits(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    void admitted(ConsumerRecord<byte[], byte[]> record) {
        pending.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
    }

    /** Commits what is not committed yet; what fails is tried again with the next poll. */
    void send() {
        if (pending.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(Map.copyOf(pending), WAIT);
            pending.clear();
        } catch (KafkaException e) {
            LOG.warn("Could not commit, and will try again: {}", e.toString());
        }
    }

    /** The last chance to commit for partitions that go to another member. */
    void settle(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> rest = new HashMap<>(pending);
        rest.keySet().retainAll(partitions);
        try {
            if (!rest.isEmpty()) {
                consumer.commitSync(rest, WAIT);
            }
        } catch (KafkaException e) {
            LOG.warn("Could not commit before partitions went: {}", e.toString());
        }
        forget(partitions);
    }

    void forget(Collection<TopicPartition> partitions) {
        pending.keySet().removeAll(partitions);
    }
}
