package dev.millrace.e2e;

import dev.millrace.event.DeadLettered;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLookup;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import dev.millrace.topic.UnreadableEventException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records that are no events, and what becomes of them. */
final class Garbage {

    /** Where a record is. */
    record Place(String topic, int partition, long offset) {}

    /** No mark of an event, none at all, one with an unknown fingerprint, and one that ends too early. */
    private static final List<byte[]> KINDS = List.of(
            "no event".getBytes(StandardCharsets.UTF_8),
            new byte[0],
            new byte[] {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
            new byte[] {(byte) 0xC3, 1, 1});

    private final String bootstrapServers;

    Garbage(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Some of every kind in every partition of these. */
    Set<Place> put(List<Topic> topics) throws ExecutionException, InterruptedException {
        Set<Place> places = new HashSet<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Topic topic : topics) {
                for (int partition = 0; partition < topic.partitions(); partition++) {
                    for (byte[] kind : KINDS) {
                        // What is kept by its key has to have one.
                        byte[] key = ("garbage-" + places.size()).getBytes(StandardCharsets.UTF_8);
                        RecordMetadata place = producer.send(new ProducerRecord<>(topic.name(), partition, key, kind))
                                .get();
                        places.add(new Place(place.topic(), place.partition(), place.offset()));
                    }
                }
            }
        }
        return places;
    }

    /** All that services have put aside, which has to be readable itself. */
    List<DeadLettered> putAside() {
        EventCodec codec = new EventCodec(SchemaLookup.NONE);
        List<DeadLettered> letters = new ArrayList<>();
        RequestLog.records(bootstrapServers, Topics.DEAD_LETTERS).forEach(record -> {
            try {
                letters.add((DeadLettered) codec.decode(record.value()));
            } catch (UnreadableEventException e) {
                throw new AssertionError(e);
            }
        });
        return letters;
    }

    static Place placeOf(DeadLettered letter) {
        return new Place(letter.getTopic(), letter.getPartition(), letter.getOffset());
    }
}
