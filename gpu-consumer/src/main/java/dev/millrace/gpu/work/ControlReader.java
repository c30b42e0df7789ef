package dev.millrace.gpu.work;

import dev.millrace.event.CancelWork;
import dev.millrace.event.Drain;
import dev.millrace.event.LoadModel;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what the router orders, from the moment of its start on, and hands it to the worker that is meant. */
final class ControlReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlReader.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.CONTROLS.name(), 0);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long RETRY_PAUSE_MILLIS = 500;
    private static final long UNKNOWN = -1;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final EventReader reader;
    private final Map<String, Desk> desks = new ConcurrentHashMap<>();
    private final CountDownLatch placed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "controls");
    private long position = UNKNOWN;
    private volatile boolean closed;

    ControlReader(Supplier<Consumer<byte[], byte[]>> consumers, EventReader reader) {
        this.consumers = consumers;
        this.reader = reader;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** A worker must not be known to the router before its orders are read. */
    void join(String worker, Desk desk) throws InterruptedException {
        desks.put(worker, desk);
        placed.await();
    }

    void leave(String worker) {
        desks.remove(worker);
    }

    private void run() {
        while (!closed) {
            try (Consumer<byte[], byte[]> consumer = consumers.get()) {
                read(consumer);
            } catch (InterruptException e) {
                return;
            } catch (InvalidOffsetException e) {
                LOG.warn("Orders were lost: {}", e.toString());
                position = UNKNOWN;
            } catch (RuntimeException e) {
                LOG.warn("Reading {} failed and begins anew: {}", PARTITION.topic(), e.toString());
                pause();
            }
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        consumer.assign(List.of(PARTITION));
        if (position == UNKNOWN) {
            consumer.seekToEnd(List.of(PARTITION));
            position = consumer.position(PARTITION);
        }
        consumer.seek(PARTITION, position);
        placed.countDown();
        while (!closed) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                reader.read(record).ifPresent(this::obey);
                position = record.offset() + 1;
            }
        }
    }

    private void obey(SpecificRecord order) {
        if (order instanceof CancelWork cancel) {
            give(cancel.getWorker(), desk -> desk.cancel(cancel));
        } else if (order instanceof Drain drain) {
            give(drain.getWorker(), desk -> desk.drain(drain.getCause()));
        } else if (order instanceof LoadModel load && desks.containsKey(load.getWorker())) {
            LOG.warn(
                    "{} cannot load version {} of {} while it runs; start a worker with it",
                    load.getWorker(),
                    load.getVersion(),
                    load.getModel());
        }
    }

    private void give(String worker, java.util.function.Consumer<Desk> order) {
        Desk desk = desks.get(worker);
        if (desk != null) {
            desk.execute(() -> order.accept(desk));
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(Duration.ofSeconds(2).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
