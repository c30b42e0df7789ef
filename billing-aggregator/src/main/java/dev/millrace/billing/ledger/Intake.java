package dev.millrace.billing.ledger;

import dev.millrace.event.UsageRecorded;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes rows of records. What cannot become one goes to the dead letters and holds nobody up. */
final class Intake {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final String UNBILLABLE = "UNBILLABLE";

    private final EventCodec codec;
    private final DeadLetters deadLetters;
    private final List<Future<?>> letters = new ArrayList<>();

    Intake(EventCodec codec, DeadLetters deadLetters) {
        this.codec = codec;
        this.deadLetters = deadLetters;
    }

    /** A row and the record that it was made of. */
    record Item(LedgerEntry entry, ConsumerRecord<byte @Nullable [], byte @Nullable []> source) {}

    List<Item> read(Iterable<? extends ConsumerRecord<byte @Nullable [], byte @Nullable []>> records) {
        List<Item> items = new ArrayList<>();
        for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : records) {
            byte[] value = record.value();
            if (value == null) {
                continue;
            }
            try {
                UsageRecorded usage = (UsageRecorded) EventReader.decode(Topics.USAGE, codec, value);
                items.add(new Item(LedgerEntry.of(usage), record));
            } catch (UnreadableEventException e) {
                refuse(record, e.reason().name(), e);
            } catch (IllegalArgumentException | ArithmeticException e) {
                refuse(record, UNBILLABLE, e);
            }
        }
        return items;
    }

    /** PostgreSQL will never take this row. */
    void refuse(Item item) {
        refuse(item.source(), UNBILLABLE, new IllegalArgumentException("the ledger does not take it"));
    }

    private void refuse(ConsumerRecord<byte @Nullable [], byte @Nullable []> record, String cause, Exception reason) {
        LOG.error(
                "Not billed: {}-{}@{}: {} {}",
                record.topic(),
                record.partition(),
                record.offset(),
                cause,
                reason.getMessage());
        letters.add(deadLetters.send(record, cause, String.valueOf(reason.getMessage())));
    }

    /**
     * Waits until the dead letters are where they belong: before that nobody may go on past their records.
     *
     * @return how many they were
     */
    int settle() throws InterruptedException {
        int count = letters.size();
        try {
            for (Future<?> letter : letters) {
                letter.get();
            }
        } catch (ExecutionException e) {
            throw new KafkaException("a dead letter could not be sent", e.getCause());
        } finally {
            letters.clear();
        }
        return count;
    }
}
