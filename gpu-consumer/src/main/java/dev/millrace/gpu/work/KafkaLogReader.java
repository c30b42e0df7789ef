package dev.millrace.gpu.work;

import dev.millrace.gpu.generate.Daemons;
import dev.millrace.reply.RequestId;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the reply log for takeovers, on threads and consumers of its own. When a worker dies, its requests come in
 * dozens: all that ask for the same partition at one time share one pass over it.
 */
final class KafkaLogReader implements LogReader, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLogReader.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final EventCodec codec;
    private final LongSupplier clockMillis;
    private final long timeoutMillis;
    private final ExecutorService threads;
    private final Deque<Job> queue = new ArrayDeque<>();
    private final Queue<Consumer<byte[], byte[]>> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    KafkaLogReader(
            Supplier<Consumer<byte[], byte[]>> consumers,
            EventCodec codec,
            LongSupplier clockMillis,
            int readers,
            long timeoutMillis) {
        this.consumers = consumers;
        this.codec = codec;
        this.clockMillis = clockMillis;
        this.timeoutMillis = timeoutMillis;
        this.threads = Executors.newFixedThreadPool(readers, work -> Daemons.thread(work, "log-reader"));
    }

    private static final class Job {
        private final RequestId id;
        private final long upToOffset;
        private final LogScan scan = new LogScan();
        private final CompletableFuture<LogView> view = new CompletableFuture<>();

        Job(RequestId id, long upToOffset) {
            this.id = id;
            this.upToOffset = upToOffset;
        }
    }

    @Override
    public CompletableFuture<LogView> read(RequestId id, long upToOffset) {
        Job job = new Job(id, upToOffset);
        synchronized (queue) {
            queue.addLast(job);
        }
        try {
            threads.execute(this::pass);
        } catch (RejectedExecutionException e) {
            job.view.completeExceptionally(e);
        }
        return job.view;
    }

    private void pass() {
        Map<String, Job> jobs = takePartition();
        if (jobs.isEmpty()) {
            return;
        }
        @Nullable Consumer<byte[], byte[]> consumer = idle.poll();
        try {
            consumer = consumer == null ? consumers.get() : consumer;
            scan(consumer, jobs);
            idle.add(consumer);
            jobs.values().forEach(job -> job.view.complete(job.scan.view()));
        } catch (RuntimeException | TimeoutException e) {
            LOG.warn("Could not read {}: {}", Topics.REPLIES.name(), e.toString());
            // Whoever waits must hear of it, or its request would be held for ever.
            jobs.values().forEach(job -> job.view.completeExceptionally(e));
            if (consumer != null) {
                consumer.close();
            }
        }
    }

    /** All that wait for the partition of the one that has waited longest, one for each request. */
    private Map<String, Job> takePartition() {
        Map<String, Job> jobs = new HashMap<>();
        synchronized (queue) {
            int partition = queue.isEmpty() ? -1 : queue.getFirst().id.replyPartition();
            for (Iterator<Job> all = queue.iterator(); all.hasNext(); ) {
                Job job = all.next();
                if (job.id.replyPartition() == partition && jobs.putIfAbsent(job.id.toString(), job) == null) {
                    all.remove();
                }
            }
        }
        return jobs;
    }

    private void scan(Consumer<byte[], byte[]> consumer, Map<String, Job> jobs) throws TimeoutException {
        long from = Long.MAX_VALUE;
        long upTo = -1;
        int number = 0;
        for (Job job : jobs.values()) {
            from = Math.min(from, job.id.replyOffset());
            upTo = Math.max(upTo, job.upToOffset);
            number = job.id.replyPartition();
        }
        TopicPartition partition = new TopicPartition(Topics.REPLIES.name(), number);
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = clockMillis.getAsLong() + timeoutMillis;
        while (consumer.position(partition) <= upTo) {
            if (closed || clockMillis.getAsLong() > deadline) {
                throw new TimeoutException("not at offset " + upTo + " of " + partition + " in time");
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                read(record, jobs);
            }
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record, Map<String, Job> jobs) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        Job job = jobs.get(new String(record.key(), StandardCharsets.UTF_8));
        if (job == null || record.offset() > job.upToOffset) {
            return;
        }
        try {
            job.scan.read(EventReader.decode(Topics.REPLIES, codec, record));
        } catch (UnreadableEventException e) {
            LOG.debug("Offset {} counts for nothing: {}", record.offset(), e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        List<Job> rest;
        synchronized (queue) {
            rest = new ArrayList<>(queue);
            queue.clear();
        }
        rest.forEach(job -> job.view.cancel(false));
        for (Consumer<byte[], byte[]> consumer = idle.poll(); consumer != null; consumer = idle.poll()) {
            consumer.close();
        }
    }
}
