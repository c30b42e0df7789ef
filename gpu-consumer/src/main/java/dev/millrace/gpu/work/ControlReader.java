package dev.millrace.gpu.work;

import dev.millrace.event.CancelWork;
import dev.millrace.event.Drain;
import dev.millrace.event.LoadModel;
import dev.millrace.service.ConsumerThread;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what the router orders, from the moment of its start on, and hands it to the worker that is meant. */
final class ControlReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlReader.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.CONTROLS.name(), 0);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long UNKNOWN = -1;

    private final EventReader reader;
    private final Map<String, Desk> desks = new ConcurrentHashMap<>();
    private final CountDownLatch placed = new CountDownLatch(1);
    private final ConsumerThread thread;
    private long position = UNKNOWN;

    ControlReader(Supplier<Consumer<byte[], byte[]>> consumers, EventReader reader) {
        this.reader = reader;
        this.thread = new ConsumerThread("controls", consumers, this::read);
    }

    void start() {
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

    private void read(Consumer<byte[], byte[]> consumer) {
        consumer.assign(List.of(PARTITION));
        if (position == UNKNOWN) {
            seekToEnd(consumer);
        } else {
            consumer.seek(PARTITION, position);
        }
        placed.countDown();
        while (thread.goesOn()) {
            poll(consumer);
        }
    }

    private void seekToEnd(Consumer<byte[], byte[]> consumer) {
        consumer.seekToEnd(List.of(PARTITION));
        position = consumer.position(PARTITION);
    }

    private void poll(Consumer<byte[], byte[]> consumer) {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                reader.read(record).ifPresent(this::obey);
                position = record.offset() + 1;
            }
        } catch (InvalidOffsetException e) {
            LOG.warn("Orders were lost: {}", e.toString());
            seekToEnd(consumer);
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

    @Override
    public void close() {
        thread.close();
    }
}
