package dev.millrace.billing.ledger;

import dev.millrace.billing.ledger.Intake.Item;
import dev.millrace.service.Meters;
import dev.millrace.topic.Topics;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the usage topic into the ledger. Whatever goes wrong has one answer: forget everything, and after a pause begin
 * anew from the offsets that the ledger holds. So every failure takes the way of a crash.
 */
final class UsageReader implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(UsageReader.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final long FIRST_BACKOFF_MILLIS = 100;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<String> topicIds;
    private final Supplier<Intake> intakes;
    private final Migration migration;
    private final Supplier<Ledger> ledgers;
    private final Meters<BillingMeter> meters;
    private final Clock clock;
    private final long maxBackoffMillis;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable Consumer<byte[], byte[]> current;
    private volatile @Nullable String trouble = "has not begun";
    private volatile long lag;
    private long backoffMillis = FIRST_BACKOFF_MILLIS;

    UsageReader(
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<String> topicIds,
            Supplier<Intake> intakes,
            Migration migration,
            Supplier<Ledger> ledgers,
            Meters<BillingMeter> meters,
            Clock clock,
            long maxBackoffMillis) {
        this.consumers = consumers;
        this.topicIds = topicIds;
        this.intakes = intakes;
        this.migration = migration;
        this.ledgers = ledgers;
        this.meters = meters;
        this.clock = clock;
        this.maxBackoffMillis = maxBackoffMillis;
    }

    /** What keeps it from reading, if something does. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    long lag() {
        return lag;
    }

    void stop() {
        stopped.countDown();
        Consumer<byte[], byte[]> consumer = current;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    @Override
    public void run() {
        while (stopped.getCount() > 0) {
            try {
                migration.run();
                readOn();
            } catch (WakeupException e) {
                LOG.debug("Woken to stop");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (SQLException | OffsetsMovedException | RuntimeException e) {
                beginAnew(e);
            }
        }
    }

    private void beginAnew(Exception cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        trouble = root.toString();
        meters.count(BillingMeter.RESTARTS, 1, root.getClass().getSimpleName());
        LOG.warn("Reading begins anew in {} ms: {} ({})", backoffMillis, cause.getMessage(), root.toString());
        try {
            if (stopped.await(backoffMillis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped.countDown();
        }
        backoffMillis = Math.min(2 * backoffMillis, maxBackoffMillis);
    }

    private void readOn() throws SQLException, OffsetsMovedException, InterruptedException {
        Ledger ledger = ledgers.get();
        // Nobody joins the group who could not say where to begin.
        ledger.offsets(Topics.USAGE.name());
        Intake intake = intakes.get();
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            current = consumer;
            Positions positions = new Positions(consumer, ledger, meters, topicIds);
            consumer.subscribe(List.of(Topics.USAGE.name()), positions);
            while (stopped.getCount() > 0) {
                ConsumerRecords<byte[], byte[]> records = poll(consumer, positions, ledger);
                if (!records.isEmpty()) {
                    write(records, positions, intake, ledger);
                }
                lag = positions.lag();
                trouble = null;
                backoffMillis = FIRST_BACKOFF_MILLIS;
            }
        } finally {
            current = null;
        }
    }

    private static ConsumerRecords<byte[], byte[]> poll(
            Consumer<byte[], byte[]> consumer, Positions positions, Ledger ledger)
            throws SQLException, OffsetsMovedException {
        try {
            return consumer.poll(POLL);
        } catch (LogTruncationException e) {
            ledger.write(List.of(), positions.backTo(e));
            throw e;
        }
    }

    private void write(ConsumerRecords<byte[], byte[]> records, Positions positions, Intake intake, Ledger ledger)
            throws SQLException, OffsetsMovedException, InterruptedException {
        List<Item> items = new ArrayList<>(intake.read(records));
        List<Progress> progress = positions.progress(records);
        long begunNanos = System.nanoTime();
        int inserted;
        int refused = intake.settle();
        try {
            inserted = ledger.write(entries(items), progress);
        } catch (SQLException e) {
            if (!Ledger.isAboutData(e)) {
                throw e;
            }
            refused += refuseUnwritable(items, intake, ledger);
            inserted = ledger.write(entries(items), progress);
        }
        positions.written(progress);
        measure(items, inserted, refused, System.nanoTime() - begunNanos);
    }

    /** One row that PostgreSQL will not take must not hold up the others. */
    private int refuseUnwritable(List<Item> items, Intake intake, Ledger ledger)
            throws SQLException, InterruptedException {
        List<LedgerEntry> unwritable = ledger.unwritable(entries(items));
        items.stream().filter(item -> unwritable.contains(item.entry())).forEach(intake::refuse);
        items.removeIf(item -> unwritable.contains(item.entry()));
        return intake.settle();
    }

    private static List<LedgerEntry> entries(List<Item> items) {
        return items.stream().map(Item::entry).toList();
    }

    private void measure(List<Item> items, int inserted, int refused, long nanos) {
        meters.count(BillingMeter.RECORDS, inserted, "inserted");
        meters.count(BillingMeter.RECORDS, items.size() - inserted, "duplicate");
        meters.count(BillingMeter.RECORDS, refused, "refused");
        meters.observe(BillingMeter.BATCH_SECONDS, nanos / NANOS_PER_SECOND);
        long nowMillis = clock.millis();
        for (Item item : items) {
            long delayMillis = Math.max(0, nowMillis - item.source().timestamp());
            meters.observe(BillingMeter.DELAY_SECONDS, delayMillis / MILLIS_PER_SECOND);
        }
    }
}
