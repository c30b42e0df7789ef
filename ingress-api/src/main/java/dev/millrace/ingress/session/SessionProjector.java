package dev.millrace.ingress.session;

import dev.millrace.event.CompletionRecorded;
import dev.millrace.event.RequestFacts;
import dev.millrace.service.ConsumerThread;
import dev.millrace.service.KafkaClients;
import dev.millrace.session.SessionException;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.EventReader;
import dev.millrace.topic.Topics;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
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

    /** A completion holds a whole answer, of which most concern no session. */
    private static final int MAX_POLLED = 16;

    private static final Map<String, Object> SETTINGS = Map.of(
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest", ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLLED);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MILLIS = 1000;

    private final SessionStore store;
    private final DeadLetters deadLetters;
    private final EventReader reader;
    private final List<Future<RecordMetadata>> letters = new ArrayList<>();
    private final ConsumerThread thread;

    @Inject
    SessionProjector(KafkaClients clients, EventCodec codec, SessionStore store, DeadLetters deadLetters) {
        this(() -> clients.member("ingress-projector", GROUP, SETTINGS), codec, store, deadLetters);
    }

    SessionProjector(
            Supplier<Consumer<byte[], byte[]>> consumers,
            EventCodec codec,
            SessionStore store,
            DeadLetters deadLetters) {
        this.store = store;
        this.deadLetters = deadLetters;
        this.reader = new EventReader(Topics.COMPLETIONS, codec, deadLetters, letters::add);
        this.thread = new ConsumerThread("session-projector", consumers, this::read);
    }

    @PostConstruct
    void start() {
        thread.start();
    }

    @PreDestroy
    void stop() {
        thread.close();
    }

    private void read(Consumer<byte[], byte[]> consumer) throws ExecutionException, InterruptedException {
        letters.clear();
        consumer.subscribe(List.of(Topics.COMPLETIONS.name()));
        while (thread.goesOn()) {
            project(consumer);
        }
    }

    private void project(Consumer<byte[], byte[]> consumer) throws ExecutionException, InterruptedException {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (TopicPartition partition : records.partitions()) {
            long next = project(records.records(partition));
            for (Future<RecordMetadata> letter : letters) {
                letter.get();
            }
            letters.clear();
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
            if (next
                    <= records.records(partition)
                            .get(records.records(partition).size() - 1)
                            .offset()) {
                consumer.seek(partition, next);
                thread.pause(RETRY_MILLIS);
            }
        }
    }

    /** The offset up to which all is done; it stops where the store is away, so that nothing is left out. */
    private long project(List<ConsumerRecord<byte[], byte[]>> records) {
        long next = records.get(0).offset();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!thread.goesOn() || !project(record)) {
                return next;
            }
            next = record.offset() + 1;
        }
        return next;
    }

    /** False where it must be tried again. What can never be done is put aside, or nobody would get past it. */
    private boolean project(ConsumerRecord<byte[], byte[]> record) {
        try {
            reader.read(record).ifPresent(event -> end((CompletionRecorded) event));
            return true;
        } catch (SessionException e) {
            LOG.warn("Could not end a turn: {}", e.toString());
            return !e.error().isRetriable();
        } catch (IllegalArgumentException e) {
            LOG.warn("Not projected: {}@{}: {}", record.partition(), record.offset(), e.toString());
            letters.add(deadLetters.send(record, "NOT_PROJECTED", String.valueOf(e.getMessage())));
            return true;
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
}
