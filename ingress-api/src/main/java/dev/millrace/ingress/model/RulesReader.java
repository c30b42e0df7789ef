package dev.millrace.ingress.model;

import dev.millrace.event.ModelAnnounced;
import dev.millrace.service.Dependency;
import dev.millrace.service.KafkaClients;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the rules from their beginning and follows them: every replica knows all models, without a group. */
@Context
final class RulesReader implements Dependency {

    private static final Logger LOG = LoggerFactory.getLogger(RulesReader.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.RULES.name(), 0);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MILLIS = 500;
    private static final long CLOSE_MILLIS = 5000;

    private final KafkaClients clients;
    private final EventCodec codec;
    private final Models models;
    private final Thread thread = new Thread(this::run, "rules-reader");
    private volatile boolean stopped;
    private volatile boolean loaded;

    RulesReader(KafkaClients clients, EventCodec codec, Models models) {
        this.clients = clients;
        this.codec = codec;
        this.models = models;
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
        return "rules";
    }

    @Override
    public State state() {
        return loaded ? State.up(models.list().size() + " model(s)") : State.down("not read yet");
    }

    private void run() {
        while (!stopped) {
            try (Consumer<byte[], byte[]> consumer = clients.reader("ingress-rules")) {
                follow(consumer);
            } catch (KafkaException e) {
                if (!stopped) {
                    LOG.warn("Could not read the rules, trying again: {}", e.toString());
                    pause();
                }
            }
        }
    }

    /** From the beginning each time: the topic is compacted and small, and what comes again changes nothing. */
    private void follow(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = List.of(PARTITION);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        long end = consumer.endOffsets(partitions).getOrDefault(PARTITION, 0L);
        while (!stopped) {
            consumer.poll(POLL).forEach(this::apply);
            if (!loaded && consumer.position(PARTITION) >= end) {
                loaded = true;
                LOG.info("Rules are read: {} model(s)", models.list().size());
            }
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            models.withdraw(key);
            return;
        }
        try {
            SpecificRecord event = EventReader.decode(Topics.RULES, codec, record.value());
            if (event instanceof ModelAnnounced announced) {
                models.announce(key, announced);
            }
        } catch (UnreadableEventException e) {
            LOG.warn("Skipped offset {} of the rules: {}", record.offset(), e.getMessage());
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
