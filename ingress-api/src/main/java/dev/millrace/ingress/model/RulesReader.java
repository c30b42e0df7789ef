package dev.millrace.ingress.model;

import dev.millrace.event.ModelAnnounced;
import dev.millrace.service.ConsumerThread;
import dev.millrace.service.Dependency;
import dev.millrace.service.KafkaClients;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the rules from their beginning and follows them: every replica knows all models, without a group. */
@Context
final class RulesReader implements Dependency {

    private static final Logger LOG = LoggerFactory.getLogger(RulesReader.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.RULES.name(), 0);
    private static final Duration POLL = Duration.ofMillis(500);

    private final EventReader reader;
    private final Models models;
    private final ConsumerThread thread;
    private volatile boolean loaded;
    private long appliedThrough = -1;

    @Inject
    RulesReader(KafkaClients clients, EventCodec codec, Models models, DeadLetters deadLetters) {
        this(() -> clients.reader("ingress-rules"), codec, models, deadLetters);
    }

    RulesReader(
            Supplier<Consumer<byte[], byte[]>> consumers, EventCodec codec, Models models, DeadLetters deadLetters) {
        this.reader = new EventReader(Topics.RULES, codec, deadLetters);
        this.models = models;
        this.thread = new ConsumerThread("rules-reader", consumers, this::follow);
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
        return "rules";
    }

    @Override
    public State state() {
        return loaded && thread.isAlive() ? State.up(models.list().size() + " model(s)") : State.down("not read yet");
    }

    /** From the beginning each time: the topic is compacted and small, and what comes again is passed over. */
    private void follow(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = List.of(PARTITION);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        long end = consumer.endOffsets(partitions).getOrDefault(PARTITION, 0L);
        if (end <= appliedThrough) {
            // It was made anew.
            appliedThrough = -1;
        }
        while (thread.goesOn()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                apply(record);
                appliedThrough = Math.max(appliedThrough, record.offset());
            }
            if (!loaded && consumer.position(PARTITION) >= end) {
                loaded = true;
                LOG.info("Rules are read: {} model(s)", models.list().size());
            }
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.offset() <= appliedThrough) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            models.withdraw(key);
            return;
        }
        reader.read(record).ifPresent(event -> {
            if (event instanceof ModelAnnounced announced) {
                models.announce(key, announced);
            }
        });
    }
}
