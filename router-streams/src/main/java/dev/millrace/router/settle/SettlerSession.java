package dev.millrace.router.settle;

import dev.millrace.event.Outcome;
import dev.millrace.router.RouterMeter;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settling from a join of the group to the next error or stop. Only its own thread runs it. */
final class SettlerSession implements AutoCloseable, ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(SettlerSession.class);
    private static final String GROUP = "millrace-settler";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int HEARTBEATS_PER_SESSION = 4;

    /** Reading a long history again must not cost the membership. */
    private static final int MAX_POLL_INTERVAL_MILLIS = 1_800_000;

    private final SettlerConfig config;
    private final EndRecords ends;
    private final Meters<RouterMeter> meters;
    private final InstantSource clock;
    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final DeadLetters deadLetters;
    private final EventReader reader;
    private final History history;
    private final Map<TopicPartition, Chronicle> chronicles = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final List<Future<RecordMetadata>> unacknowledged = new ArrayList<>();
    private volatile boolean stopped;
    private volatile long lastPollMillis;
    private volatile int partitions;
    private long committedAtMillis;

    /** Some of what was read is not yet written; for good, where an error came between. */
    private boolean midway;

    static SettlerSession open(
            String member,
            SettlerConfig config,
            KafkaClients clients,
            EventCodec codec,
            Meters<RouterMeter> meters,
            InstantSource clock) {
        return new SettlerSession(
                config,
                codec,
                meters,
                clock,
                clients.member("settler", GROUP, membership(member, config)),
                clients.producer("settler"),
                new LogHistory(clients, codec));
    }

    SettlerSession(
            SettlerConfig config,
            EventCodec codec,
            Meters<RouterMeter> meters,
            InstantSource clock,
            Consumer<byte[], byte[]> consumer,
            Producer<byte[], byte[]> producer,
            History history) {
        this.config = config;
        this.ends = new EndRecords(codec);
        this.meters = meters;
        this.clock = clock;
        this.lastPollMillis = clock.millis();
        this.consumer = consumer;
        this.producer = producer;
        this.history = history;
        this.deadLetters = new DeadLetters("settler", codec, producer);
        this.reader = new EventReader(Topics.REPLIES, codec, deadLetters, unacknowledged::add);
    }

    /** The classic protocol lets a member that crashed come back at once under its name. */
    private static Map<String, Object> membership(String member, SettlerConfig config) {
        return Map.of(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic",
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                member,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                config.sessionMillis(),
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                config.sessionMillis() / HEARTBEATS_PER_SESSION,
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                MAX_POLL_INTERVAL_MILLIS,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
    }

    void run() {
        consumer.subscribe(List.of(Topics.REPLIES.name()), this);
        try {
            while (!stopped) {
                step();
            }
        } catch (WakeupException e) {
            if (!stopped) {
                throw e;
            }
        }
        commit();
    }

    private void step() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        lastPollMillis = clock.millis();
        midway = true;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Chronicle chronicle = chronicles.get(new TopicPartition(record.topic(), record.partition()));
            if (chronicle != null) {
                settle(chronicle, record);
            }
        }
        awaitAcknowledgements();
        midway = false;
        // Where the clock was set back, nobody knows how long it was.
        if (Math.abs(lastPollMillis - committedAtMillis) >= config.commitMillis()) {
            chronicles.values().forEach(Chronicle::expire);
            commit();
            show();
        }
    }

    private void settle(Chronicle chronicle, ConsumerRecord<byte[], byte[]> record) {
        chronicle.skip(record.offset());
        reader.read(record)
                .flatMap(event -> chronicle.read(event, record.offset(), record.timestamp()))
                .ifPresent(end ->
                        ends.encode(end).ifPresentOrElse(encoded -> write(end, encoded), () -> putAside(record, end)));
    }

    private void putAside(ConsumerRecord<byte[], byte[]> record, Settlement end) {
        LOG.warn("The end of request {} has no room in any record", end.usage().getRequestId());
        unacknowledged.add(deadLetters.send(record, "TOO_LARGE", "what it ends has no room in a record of its own"));
    }

    private void write(Settlement end, EndRecords.Encoded encoded) {
        byte[] key = end.usage().getRequestId().getBytes(StandardCharsets.UTF_8);
        unacknowledged.add(producer.send(new ProducerRecord<>(Topics.COMPLETIONS.name(), key, encoded.completion())));
        unacknowledged.add(producer.send(new ProducerRecord<>(Topics.USAGE.name(), key, encoded.usage())));
        Outcome outcome = end.usage().getOutcome();
        meters.count(RouterMeter.SETTLED, 1, outcome.name());
    }

    /** Nothing is committed that is not written. */
    private void awaitAcknowledgements() {
        producer.flush();
        for (Future<RecordMetadata> sent : unacknowledged) {
            try {
                sent.get();
            } catch (ExecutionException e) {
                throw new KafkaException("an end, or a dead letter, could not be written", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException(e);
            }
        }
        unacknowledged.clear();
    }

    private void commit() {
        committedAtMillis = lastPollMillis;
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        chronicles.forEach((partition, chronicle) -> {
            long upTo = chronicle.settledUpTo();
            if (!Long.valueOf(upTo).equals(committed.put(partition, upTo))) {
                offsets.put(partition, new OffsetAndMetadata(upTo));
            }
        });
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets);
        }
    }

    private void show() {
        chronicles.forEach((partition, chronicle) -> {
            meters.set(RouterMeter.SETTLER_OPEN, chronicle.open(), Integer.toString(partition.partition()));
            meters.count(RouterMeter.SETTLER_LOOKUPS, chronicle.takeLookups());
            meters.count(RouterMeter.SETTLER_DROPPED, chronicle.takeDropped());
        });
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        for (TopicPartition partition : assigned) {
            long begin = consumer.position(partition);
            chronicles.put(partition, new Chronicle(partition.partition(), begin, config, history));
        }
        partitions = chronicles.size();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        // A consumer that is closed after an error gives back its partitions too: whoever has them next reads again.
        if (!midway) {
            commit();
        }
        onPartitionsLost(revoked);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        for (TopicPartition partition : lost) {
            chronicles.remove(partition);
            committed.remove(partition);
            meters.set(RouterMeter.SETTLER_OPEN, 0, Integer.toString(partition.partition()));
        }
        partitions = chronicles.size();
    }

    long lastPollMillis() {
        return lastPollMillis;
    }

    int partitions() {
        return partitions;
    }

    /** From another thread. */
    void stop() {
        stopped = true;
        consumer.wakeup();
    }

    @Override
    public void close() {
        CloseOptions.GroupMembershipOperation leave = stopped
                ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP
                : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP;
        try {
            consumer.close(CloseOptions.groupMembershipOperation(leave));
        } finally {
            producer.close(Duration.ZERO);
        }
    }
}
