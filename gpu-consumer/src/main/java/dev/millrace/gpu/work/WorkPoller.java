package dev.millrace.gpu.work;

import dev.millrace.event.WorkAssigned;
import dev.millrace.service.ConsumerThread;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.Topic;
import dev.millrace.topic.UnreadableEventException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a pool's topic as a member of the pool's group and brings what it finds to the desk. */
final class WorkPoller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkPoller.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration POLL_WHEN_FULL = Duration.ofMillis(10);

    private final Topic topic;
    private final EventCodec codec;
    private final DeadLetters deadLetters;
    private final Desk desk;
    private final ExecutorService deskThread;
    private final ConsumerThread thread;

    WorkPoller(
            Topic topic,
            Supplier<Consumer<byte[], byte[]>> consumers,
            EventCodec codec,
            DeadLetters deadLetters,
            Desk desk,
            ExecutorService deskThread) {
        this.topic = topic;
        this.codec = codec;
        this.deadLetters = deadLetters;
        this.desk = desk;
        this.deskThread = deskThread;
        this.thread = new ConsumerThread(topic.name() + "-poller", consumers, this::read);
    }

    void start() {
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    private void read(Consumer<byte[], byte[]> consumer) throws ExecutionException, InterruptedException {
        try {
            Commits commits = new Commits(consumer);
            consumer.subscribe(List.of(topic.name()), new Ownership(commits));
            while (thread.goesOn()) {
                poll(consumer, commits);
            }
        } finally {
            desk.execute(() -> desk.assigned(List.of()));
        }
    }

    private void poll(Consumer<byte[], byte[]> consumer, Commits commits)
            throws ExecutionException, InterruptedException {
        boolean full = desk.isFull();
        if (full) {
            consumer.pause(consumer.assignment());
        } else if (!consumer.paused().isEmpty()) {
            consumer.resume(consumer.paused());
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(full ? POLL_WHEN_FULL : POLL)) {
            take(record);
            commits.admitted(record);
        }
        commits.send();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) throws ExecutionException, InterruptedException {
        if (record.value() == null) {
            return;
        }
        try {
            SpecificRecord event = EventReader.decode(topic, codec, record.value());
            CompletableFuture.runAsync(() -> desk.take((WorkAssigned) event), deskThread)
                    .get();
        } catch (UnreadableEventException e) {
            bury(record, e.reason().name(), e);
        } catch (ExecutionException e) {
            bury(record, "NOT_TAKEN", e);
        }
    }

    /** Reading it again would not make it better: it goes to the dead letters, and the router decides about its request. */
    private void bury(ConsumerRecord<byte[], byte[]> record, String cause, Exception error)
            throws ExecutionException, InterruptedException {
        LOG.warn("Bad assignment at {}-{}@{}", record.topic(), record.partition(), record.offset(), error);
        deadLetters.send(record, cause, String.valueOf(error.getMessage())).get();
        RequestHeaders.get(record.headers(), RequestHeaders.REQUEST_ID)
                .ifPresent(id -> desk.execute(() -> desk.refuseUnreadable(id)));
    }

    /** Leaves the group. */
    @Override
    public void close() {
        thread.close();
    }

    private final class Ownership implements ConsumerRebalanceListener {

        private final Commits commits;
        private final SortedSet<Integer> owned = new TreeSet<>();

        Ownership(Commits commits) {
            this.commits = commits;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> owned.add(partition.partition()));
            tell();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commits.settle(partitions);
            onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            commits.forget(partitions);
            partitions.forEach(partition -> owned.remove(partition.partition()));
            tell();
        }

        private void tell() {
            List<Integer> numbers = List.copyOf(owned);
            desk.execute(() -> desk.assigned(numbers));
        }
    }
}
