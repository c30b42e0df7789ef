package dev.millrace.ingress.session;

import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.RequestFacts;
import dev.millrace.service.KafkaClients;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the turns that no door has ended: that of a client who left, and those of a door that died. It reads every
 * completion; one whose turn has ended already changes nothing.
 */
@Context
final class SessionProjector {

    private static final Logger LOG = LoggerFactory.getLogger(SessionProjector.class);
    private static final String GROUP = "millrace-session-projector";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MILLIS = 1000;
    private static final long CLOSE_MILLIS = 5000;

    private final KafkaClients clients;
    private final EventCodec codec;
    private final SessionStore store;
    private final Thread thread = new Thread(this::run, "session-projector");
    private volatile boolean stopped;

    SessionProjector(KafkaClients clients, EventCodec codec, SessionStore store) {
        this.clients = clients;
        this.codec = codec;
        this.store = store;
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

    private void run() {
        Map<String, Object> settings = Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        while (!stopped) {
            try (Consumer<byte[], byte[]> consumer = clients.member("ingress-projector", GROUP, settings)) {
                consumer.subscribe(List.of(Topics.COMPLETIONS.name()));
                while (!stopped) {
                    project(consumer);
                }
            } catch (KafkaException e) {
                LOG.warn("Could not read completions, trying again: {}", e.toString());
                pause();
            }
        }
    }

    private void project(Consumer<byte[], byte[]> consumer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (TopicPartition partition : records.partitions()) {
            long next = project(records.records(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
            if (next
                    <= records.records(partition)
                            .get(records.records(partition).size() - 1)
                            .offset()) {
                consumer.seek(partition, next);
                pause();
            }
        }
    }

    /** The offset up to which all is done; it stops where the store is away, so that nothing is left out. */
    private long project(List<ConsumerRecord<byte[], byte[]>> records) {
        long next = records.get(0).offset();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (stopped || !project(record)) {
                return next;
            }
            next = record.offset() + 1;
        }
        return next;
    }

    private boolean project(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() != null
                    && EventReader.decode(Topics.COMPLETIONS, codec, record.value())
                            instanceof CompletionRecorded done) {
                end(done);
            }
            return true;
        } catch (UnreadableEventException e) {
            LOG.warn("Unreadable completion at {}@{}: {}", record.partition(), record.offset(), e.getMessage());
            return true;
        } catch (SessionException e) {
            LOG.warn("Could not end a turn: {}", e.toString());
            return !e.error().isRetriable();
        }
    }

    private void end(CompletionRecorded done) {
        RequestFacts facts = done.getFacts();
        String sessionId = facts.getSessionId();
        if (sessionId == null) {
            return;
        }
        long tokens = (long) done.getInputTokens() + done.getOutputTokens();
        store.end(
                new SessionKey(facts.getTenant(), facts.getUser(), sessionId),
                done.getRequestId(),
                TurnMessages.end(done.getOutcome(), done.getChoices(), tokens));
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
