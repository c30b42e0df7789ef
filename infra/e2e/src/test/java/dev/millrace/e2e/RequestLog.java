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
import java.util.function.Consumer;
import java.util.stream.Stream;
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
final class RequestLog implements AutoCloseable {

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

    private final EventCodec codec = new EventCodec(SchemaLookup.NONE);
    private final KafkaConsumer<byte[], byte[]> consumer;

    private RequestLog(String bootstrapServers) {
        consumer = consumer(bootstrapServers);
        consumer.assign(Stream.of(Topics.REQUESTS, Topics.REPLIES)
                .flatMap(topic -> partitions(topic).stream())
                .toList());
        consumer.seekToBeginning(consumer.assignment());
    }

    /** Has read nothing yet. For whoever asks again and again, and each time wants to know no more than what is new. */
    static RequestLog follow(String bootstrapServers) {
        return new RequestLog(bootstrapServers);
    }

    /** All that there is now. */
    static RequestLog read(String bootstrapServers) {
        try (RequestLog log = follow(bootstrapServers)) {
            return log.upToDate();
        }
    }

    /** Itself, with all that there is now. Awaitility's threads ask, too. */
    synchronized RequestLog upToDate() {
        readToEnd(consumer, this::add);
        return this;
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(Topics.REQUESTS.name())) {
            addRequest(record);
        } else {
            addReply(record);
        }
    }

    private void addRequest(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (codec.decode(record.value()) instanceof InferenceRequested request) {
                accepted.put(request.getRequestId(), request);
            }
        } catch (UnreadableEventException e) {
            // Garbage that says whose it is has to be closed, and so is a request too.
            RequestHeaders.get(record.headers(), RequestHeaders.REQUEST_ID).ifPresent(id -> accepted.put(id, null));
        }
    }

    private void addReply(ConsumerRecord<byte[], byte[]> record) {
        SpecificRecord event;
        try {
            event = codec.decode(record.value());
        } catch (UnreadableEventException e) {
            // Whatever it was, it is no part of an answer.
            return;
        }
        String id = (String) event.get(event.getSchema().getField("requestId").pos());
        replies.computeIfAbsent(id, key -> new ArrayList<>()).add(event);
        if (event instanceof Chunk) {
            firstChunkMillis.putIfAbsent(id, record.timestamp());
        } else if (event instanceof Finished || event instanceof Failed || event instanceof Closed) {
            firstEndMillis.putIfAbsent(id, record.timestamp());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    Set<String> accepted() {
        return Set.copyOf(accepted.keySet());
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
            consumer.assign(partitions(topic));
            consumer.seekToBeginning(consumer.assignment());
            readToEnd(consumer, all::add);
        }
        return all;
    }

    private static void readToEnd(
            KafkaConsumer<byte[], byte[]> consumer, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(200)).forEach(each);
        }
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
