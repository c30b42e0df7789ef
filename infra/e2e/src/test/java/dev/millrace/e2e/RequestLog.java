package dev.millrace.e2e;

import dev.millrace.event.Chunk;
import dev.millrace.event.Closed;
import dev.millrace.event.Failed;
import dev.millrace.event.Finished;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Started;
import dev.millrace.event.TakenOver;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.RequestHeaders;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the log says of every accepted request, found without the pipeline's own reader: who may write is worked out
 * first, for the request as a whole, and only then what each of them wrote.
 */
final class RequestLog {

    /**
     * An end that counts, with what counts before it.
     *
     * @param writers attempts and workers whose chunks are part of it
     */
    record Verdict(
            String requestId,
            List<SpecificRecord> ends,
            String text,
            int tokens,
            int promptTokens,
            Set<String> writers,
            int owners) {

        boolean completed() {
            return ends.size() == 1 && ends.get(0) instanceof Finished;
        }
    }

    private final Map<String, InferenceRequested> accepted = new LinkedHashMap<>();
    private final Map<String, List<SpecificRecord>> replies = new HashMap<>();
    private final Map<String, Long> firstChunkMillis = new HashMap<>();
    private final Map<String, Long> firstEndMillis = new HashMap<>();

    static RequestLog read(String bootstrapServers) {
        RequestLog log = new RequestLog();
        EventCodec codec = new EventCodec(SchemaLookup.NONE);
        for (ConsumerRecord<byte[], byte[]> record : records(bootstrapServers, Topics.REQUESTS)) {
            try {
                if (codec.decode(record.value()) instanceof InferenceRequested request) {
                    log.accepted.put(request.getRequestId(), request);
                }
            } catch (UnreadableEventException e) {
                // Garbage that says whose it is has to be closed, and so is a request too.
                RequestHeaders.get(record.headers(), RequestHeaders.REQUEST_ID)
                        .ifPresent(id -> log.accepted.put(id, null));
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : records(bootstrapServers, Topics.REPLIES)) {
            SpecificRecord event;
            try {
                event = codec.decode(record.value());
            } catch (UnreadableEventException e) {
                // Whatever it was, it is no part of an answer.
                continue;
            }
            String id =
                    (String) event.get(event.getSchema().getField("requestId").pos());
            log.replies.computeIfAbsent(id, key -> new ArrayList<>()).add(event);
            if (event instanceof Chunk) {
                log.firstChunkMillis.putIfAbsent(id, record.timestamp());
            } else if (event instanceof Finished || event instanceof Failed || event instanceof Closed) {
                log.firstEndMillis.putIfAbsent(id, record.timestamp());
            }
        }
        return log;
    }

    Set<String> accepted() {
        return accepted.keySet();
    }

    InferenceRequested request(String id) {
        return accepted.get(id);
    }

    /** Requests that have a chunk and no end as yet. */
    long running() {
        return runningThrough(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Workers that have written a chunk of a request other than these. */
    Set<String> workersSince(Set<String> before) {
        Set<String> workers = new TreeSet<>();
        replies.forEach((id, events) -> {
            if (!before.contains(id)) {
                events.stream()
                        .filter(Chunk.class::isInstance)
                        .forEach(chunk -> workers.add(((Chunk) chunk).getWorker()));
            }
        });
        return workers;
    }

    /** Requests that had a chunk at the one time and no end until after the other, by the log's clock. */
    long runningThrough(long fromMillis, long toMillis) {
        return firstChunkMillis.entrySet().stream()
                .filter(chunk -> chunk.getValue() < fromMillis)
                .filter(chunk ->
                        !firstEndMillis.containsKey(chunk.getKey()) || firstEndMillis.get(chunk.getKey()) > toMillis)
                .count();
    }

    /**
     * Spans of ownership: a marker opens one if it raises the attempt, and Started only where nothing was before it.
     * Within its span an owner's chunks count in the order of their numbers; its end counts if it knows of all of them.
     */
    Verdict verdict(String id) {
        List<SpecificRecord> events = replies.getOrDefault(id, List.of());
        TreeMap<Integer, SpecificRecord> spans = new TreeMap<>();
        int highest = 0;
        for (int i = 0; i < events.size(); i++) {
            int attempt = markerAttempt(events.get(i), spans.isEmpty());
            if (attempt > highest) {
                highest = attempt;
                spans.put(i, events.get(i));
            }
        }
        StringBuilder text = new StringBuilder();
        List<SpecificRecord> ends = new ArrayList<>();
        int chunks = 0;
        int tokens = 0;
        int prompt = 0;
        Set<String> writers = new HashSet<>();
        for (Map.Entry<Integer, SpecificRecord> span : spans.entrySet()) {
            if (!ends.isEmpty()) {
                break;
            }
            if (span.getValue() instanceof Closed) {
                ends.add(span.getValue());
                break;
            }
            Integer next = spans.higherKey(span.getKey());
            List<SpecificRecord> own = events.subList(span.getKey() + 1, next == null ? events.size() : next).stream()
                    .filter(event -> writer(event).equals(writer(span.getValue())))
                    .toList();
            for (SpecificRecord event : own) {
                if (event instanceof Chunk chunk && chunk.getSequence() == chunks && ends.isEmpty()) {
                    prompt = chunks == 0 && chunk.getPromptTokens() != null ? chunk.getPromptTokens() : prompt;
                    chunks++;
                    writers.add(writer(chunk));
                    tokens += chunk.getTokens();
                    text.append(chunk.getText());
                } else if (isEndAfter(event, chunks, tokens)) {
                    ends.add(event);
                }
            }
        }
        return new Verdict(id, ends, text.toString(), tokens, prompt, writers, spans.size());
    }

    private static int markerAttempt(SpecificRecord event, boolean first) {
        if (event instanceof Started started) {
            return first ? started.getAttempt() : 0;
        }
        if (event instanceof TakenOver taken) {
            return taken.getAttempt();
        }
        return event instanceof Closed closed ? closed.getAttempt() : 0;
    }

    private static boolean isEndAfter(SpecificRecord event, int chunks, int tokens) {
        if (event instanceof Finished finished) {
            return finished.getChunks() == chunks && finished.getTokens() == tokens;
        }
        return event instanceof Failed failed && failed.getChunks() == chunks && failed.getTokens() == tokens;
    }

    private static String writer(SpecificRecord event) {
        return event.get(event.getSchema().getField("attempt").pos()) + "/"
                + event.get(event.getSchema().getField("worker").pos());
    }

    /** Everything that a topic holds now, each partition in its order. */
    static List<ConsumerRecord<byte[], byte[]>> records(String bootstrapServers, Topic topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
            List<TopicPartition> partitions = partitions(topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }

    private static List<TopicPartition> partitions(Topic topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < topic.partitions(); i++) {
            partitions.add(new TopicPartition(topic.name(), i));
        }
        return partitions;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
