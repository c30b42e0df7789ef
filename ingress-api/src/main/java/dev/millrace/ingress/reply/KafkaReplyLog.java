package dev.millrace.ingress.reply;

import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.service.ConsumerThread;
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

    private final EventCodec codec;
    private final Meters<IngressMeter> meters;
    private final Clock clock;
    private final ReplyConfig config;
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final ConsumerThread thread;
    private volatile List<TopicPartition> partitions = List.of();
    private volatile boolean alive;

    KafkaReplyLog(
            KafkaClients clients, EventCodec codec, Meters<IngressMeter> meters, Clock clock, ReplyConfig config) {
        this.codec = codec;
        this.meters = meters;
        this.clock = clock;
        this.config = config;
        this.thread = new ConsumerThread("reply-reader", () -> clients.reader("ingress-replies"), this::read);
    }

    @PostConstruct
    void start() {
        thread.start();
    }

    @PreDestroy
    void stop() {
        thread.close();
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

    private void read(Consumer<byte[], byte[]> consumer) {
        try {
            begin(consumer);
            alive = true;
            while (thread.goesOn()) {
                poll(consumer);
            }
        } finally {
            alive = false;
        }
    }

    /** At first from the ends; later from where it was, so that no stream misses a reply. */
    private void begin(Consumer<byte[], byte[]> consumer) {
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
            listener.reply(EventReader.decode(Topics.REPLIES, codec, record), record.offset());
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
}
