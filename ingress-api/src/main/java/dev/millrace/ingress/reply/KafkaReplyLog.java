package dev.millrace.ingress.reply;

import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.service.Dependency;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads this replica's reply partitions from their ends, on one thread, and hands each reply to whoever follows its
 * request. Partitions are assigned, never shared by a group, so no rebalance can touch a live stream. A reply that
 * nobody here waits for is not even decoded.
 */
@Context
final class KafkaReplyLog implements ReplyLog, Dependency {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaReplyLog.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long RETRY_MILLIS = 500;
    private static final long CLOSE_MILLIS = 5000;

    private final KafkaClients clients;
    private final EventCodec codec;
    private final Meters<IngressMeter> meters;
    private final Clock clock;
    private final ReplyConfig config;
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "reply-reader");
    private volatile List<TopicPartition> partitions = List.of();
    private volatile boolean alive;
    private volatile boolean stopped;

    KafkaReplyLog(
            KafkaClients clients, EventCodec codec, Meters<IngressMeter> meters, Clock clock, ReplyConfig config) {
        this.clients = clients;
        this.codec = codec;
        this.meters = meters;
        this.clock = clock;
        this.config = config;
    }

    @PostConstruct
    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopped = true;
        thread.join(CLOSE_MILLIS);
    }

    @Override
    public String name() {
        return "replies";
    }

    @Override
    public State state() {
        return alive && thread.isAlive() ? State.up("partitions " + numbers()) : State.down("not read yet");
    }

    @Override
    public Optional<Place> place() {
        List<TopicPartition> own = partitions;
        if (!alive || own.isEmpty()) {
            return Optional.empty();
        }
        TopicPartition partition = own.get(Math.floorMod(turn.getAndIncrement(), own.size()));
        return Optional.ofNullable(positions.get(partition)).map(offset -> new Place(partition.partition(), offset));
    }

    @Override
    public void follow(String requestId, Listener listener) {
        listeners.put(requestId, listener);
    }

    @Override
    public void leave(String requestId) {
        listeners.remove(requestId);
    }

    private void run() {
        while (!stopped) {
            try (Consumer<byte[], byte[]> consumer = clients.reader("ingress-replies")) {
                read(consumer);
            } catch (RuntimeException e) {
                alive = false;
                LOG.warn("Could not read replies, trying again: {}", e.toString());
                pause();
            }
        }
    }

    /** At first from the ends; later from where it was, so that no stream misses a reply. */
    private void read(Consumer<byte[], byte[]> consumer) {
        if (partitions.isEmpty()) {
            partitions = OwnPartitions.of(
                    config, consumer.partitionsFor(Topics.REPLIES.name()).size());
        }
        consumer.assign(partitions);
        List<TopicPartition> unknown = partitions.stream()
                .filter(partition -> !positions.containsKey(partition))
                .toList();
        if (!unknown.isEmpty()) {
            consumer.seekToEnd(unknown);
        }
        positions.forEach(consumer::seek);
        // Only once every partition has a place to go to may the consumer be asked where it is.
        unknown.forEach(partition -> positions.put(partition, consumer.position(partition)));
        LOG.info("Reading replies of partitions {}", numbers());
        alive = true;
        while (!stopped) {
            poll(consumer);
        }
    }

    private void poll(Consumer<byte[], byte[]> consumer) {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (TopicPartition partition : records.partitions()) {
                ConsumerRecord<byte[], byte[]> last = null;
                for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                    deliver(record);
                    last = record;
                }
                if (last != null) {
                    positions.put(partition, last.offset() + 1);
                    meters.set(IngressMeter.REPLY_LAG, Math.max(0, clock.millis() - last.timestamp()) / 1e3);
                }
            }
        } catch (OffsetOutOfRangeException e) {
            // The log lost records: what was in them counts for nobody any more.
            LOG.error("The reply log no longer has the offsets that were next: {}", e.toString());
            consumer.seekToBeginning(e.partitions());
        }
    }

    private void deliver(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        Listener listener = listeners.get(new String(record.key(), StandardCharsets.UTF_8));
        if (listener == null) {
            return;
        }
        try {
            listener.reply(EventReader.decode(Topics.REPLIES, codec, record.value()), record.offset());
        } catch (UnreadableEventException e) {
            // The settler sends it to the dead letters; here it counts for nothing, as for every reader.
            meters.count(IngressMeter.UNREADABLE_REPLIES, 1);
            LOG.warn("Unreadable reply at {}@{}: {}", record.partition(), record.offset(), e.getMessage());
        } catch (KafkaException e) {
            // Its schema could not be asked for: it is read again, with those beside it, which were taken already.
            throw e;
        } catch (RuntimeException e) {
            LOG.error("A reply at {}@{} could not be passed on", record.partition(), record.offset(), e);
        }
    }

    private List<Integer> numbers() {
        return partitions.stream().map(TopicPartition::partition).sorted().toList();
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
