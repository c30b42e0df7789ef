package dev.millrace.billing.ledger;

import dev.millrace.service.Meters;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
    private final Supplier<String> topicIds;
    private final Map<TopicPartition, @Nullable Long> stored = new HashMap<>();
    private String topicId = "";

    /** @param topicIds asks for the id that the topic has now */
    Positions(
            Consumer<byte[], byte[]> consumer, Ledger ledger, Meters<BillingMeter> meters, Supplier<String> topicIds) {
        this.consumer = consumer;
        this.ledger = ledger;
        this.meters = meters;
        this.topicIds = topicIds;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        topicId = topicIds.get();
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        try {
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata known = ledger.offsets(partition.topic()).get(partition.partition());
                stored.put(partition, known == null ? null : known.offset());
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

    private OffsetAndMetadata begin(TopicPartition partition, @Nullable OffsetAndMetadata known, long start, long end) {
        if (known == null) {
            return new OffsetAndMetadata(start);
        }
        if (!known.metadata().isEmpty() && !known.metadata().equals(topicId)) {
            LOG.error("{} was made anew since the ledger read it; reading it from its beginning", partition);
            return new OffsetAndMetadata(start);
        }
        long offset = known.offset();
        if (offset < start) {
            LOG.error(
                    "USAGE LOST: {} begins at {}, the ledger has it up to {}: {} records were deleted before they were"
                            + " billed; going on from the earliest that is left",
                    partition,
                    start,
                    offset,
                    start - offset);
            meters.count(BillingMeter.GAP_RECORDS, start - offset);
            return new OffsetAndMetadata(start);
        }
        if (offset > end) {
            LOG.error(
                    "{} ends at {}, the ledger has it up to {}: it was made anew or cut; reading it from its beginning,"
                            + " where the ledger takes what it does not have",
                    partition,
                    end,
                    offset);
            return new OffsetAndMetadata(start);
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
            OffsetAndMetadata next =
                    Objects.requireNonNull(records.nextOffsets().get(partition));
            progress.add(progress(partition, stored.get(partition), next));
        }
        return progress;
    }

    /**
     * Where to go back to after Kafka lost its newest records, as it may with the power: what comes in their place is
     * new, at offsets that the ledger has been past.
     */
    List<Progress> backTo(LogTruncationException cut) {
        List<Progress> progress = new ArrayList<>();
        for (TopicPartition partition : cut.partitions()) {
            Long known = stored.get(partition);
            if (known != null) {
                OffsetAndMetadata left = cut.divergentOffsets().get(partition);
                OffsetAndMetadata next = left == null ? new OffsetAndMetadata(start(partition)) : left;
                LOG.error(
                        "{} was cut at {}, the ledger had it up to {}; what came since is read from there",
                        partition,
                        next.offset(),
                        known);
                progress.add(progress(partition, known, next));
            }
        }
        return progress;
    }

    private Progress progress(TopicPartition partition, @Nullable Long expected, OffsetAndMetadata next) {
        OffsetAndMetadata place = new OffsetAndMetadata(next.offset(), next.leaderEpoch(), topicId);
        return new Progress(partition.topic(), partition.partition(), expected, place);
    }

    private long start(TopicPartition partition) {
        return Objects.requireNonNull(
                consumer.beginningOffsets(List.of(partition)).get(partition));
    }

    void written(List<Progress> progress) {
        progress.forEach(one -> stored.put(
                new TopicPartition(one.topic(), one.partition()), one.next().offset()));
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
