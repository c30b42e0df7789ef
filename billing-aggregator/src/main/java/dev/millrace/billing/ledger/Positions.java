package dev.millrace.billing.ledger;

import dev.millrace.service.Meters;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where reading goes on: at every assignment from what the ledger says, never from what Kafka remembers. */
final class Positions implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);

    private final Consumer<byte[], byte[]> consumer;
    private final Ledger ledger;
    private final Meters<BillingMeter> meters;
    private final Map<TopicPartition, @Nullable Long> stored = new HashMap<>();

    Positions(Consumer<byte[], byte[]> consumer, Ledger ledger, Meters<BillingMeter> meters) {
        this.consumer = consumer;
        this.ledger = ledger;
        this.meters = meters;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        try {
            for (TopicPartition partition : partitions) {
                Long known = ledger.offsets(partition.topic()).get(partition.partition());
                stored.put(partition, known);
                consumer.seek(
                        partition,
                        begin(
                                partition,
                                known,
                                starts.getOrDefault(partition, 0L),
                                ends.getOrDefault(partition, Long.MAX_VALUE)));
            }
        } catch (SQLException e) {
            throw new KafkaException("the ledger's offsets cannot be read", e);
        }
    }

    private long begin(TopicPartition partition, @Nullable Long known, long start, long end) {
        if (known == null) {
            return start;
        }
        if (known < start) {
            LOG.error(
                    "USAGE LOST: {} begins at {}, the ledger has it up to {}: {} records were deleted before they were"
                            + " billed; going on from the earliest that is left",
                    partition,
                    start,
                    known,
                    start - known);
            meters.count(BillingMeter.GAP_RECORDS, start - known);
            return start;
        }
        if (known > end) {
            LOG.error(
                    "{} ends at {}, the ledger has it up to {}: it was made anew or cut; reading it from its beginning,"
                            + " where the ledger takes what it does not have",
                    partition,
                    end,
                    known);
            return start;
        }
        return known;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            stored.remove(partition);
            meters.set(BillingMeter.LAG_RECORDS, 0, Integer.toString(partition.partition()));
        }
    }

    /** How far the records go, told against what is stored. */
    List<Progress> progress(ConsumerRecords<byte[], byte[]> records) {
        List<Progress> progress = new ArrayList<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> own = records.records(partition);
            long next = own.get(own.size() - 1).offset() + 1;
            progress.add(new Progress(partition.topic(), partition.partition(), stored.get(partition), next));
        }
        return progress;
    }

    void written(List<Progress> progress) {
        progress.forEach(one -> stored.put(new TopicPartition(one.topic(), one.partition()), one.next()));
    }

    /** Records that are in the log and not in the ledger yet, as far as the consumer has heard. */
    long lag() {
        long sum = 0;
        for (TopicPartition partition : consumer.assignment()) {
            long lag = consumer.currentLag(partition).orElse(0);
            meters.set(BillingMeter.LAG_RECORDS, lag, Integer.toString(partition.partition()));
            sum += lag;
        }
        return sum;
    }
}
