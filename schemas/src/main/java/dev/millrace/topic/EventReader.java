package dev.millrace.topic;

import dev.millrace.reply.RequestId;
import dev.millrace.topic.UnreadableEventException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a topic's records as events; what is none goes to the dead letters, and the reader goes on. */
public final class EventReader {

    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

    private final Topic topic;
    private final EventCodec codec;
    private final DeadLetters deadLetters;
    private final Consumer<Future<RecordMetadata>> onLetter;

    /** For those who commit nothing. */
    public EventReader(Topic topic, EventCodec codec, DeadLetters deadLetters) {
        this(topic, codec, deadLetters, letter -> {});
    }

    /** @param onLetter gets what must have ended well before an offset past its record is committed */
    public EventReader(
            Topic topic, EventCodec codec, DeadLetters deadLetters, Consumer<Future<RecordMetadata>> onLetter) {
        this.topic = topic;
        this.codec = codec;
        this.deadLetters = deadLetters;
        this.onLetter = onLetter;
    }

    /** The event, or empty for a tombstone and for what was sent to the dead letters. */
    public Optional<SpecificRecord> read(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(decode(topic, codec, record));
        } catch (UnreadableEventException e) {
            LOG.warn(
                    "Unreadable record at {}-{}@{}: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            onLetter.accept(deadLetters.send(record, e.reason().name(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** The event, which must be one that the topic carries. */
    public static SpecificRecord decode(Topic topic, EventCodec codec, byte[] value) throws UnreadableEventException {
        SpecificRecord event = codec.decode(value);
        if (!topic.events().contains(event.getClass())) {
            throw new UnreadableEventException(
                    Reason.UNKNOWN_EVENT, event.getSchema().getName() + " does not belong into " + topic.name());
        }
        return event;
    }

    /**
     * The event of a record, which must be one that the topic carries. A reply lies under its request's id and in the
     * partition that this names: some readers look for it there and some by what it says, and it must count for all of
     * them or for none.
     */
    public static SpecificRecord decode(
            Topic topic, EventCodec codec, ConsumerRecord<byte @Nullable [], byte @Nullable []> record)
            throws UnreadableEventException {
        SpecificRecord event = decode(topic, codec, Objects.requireNonNull(record.value()));
        if (topic.equals(Topics.REPLIES) && !isPlaced(event, record)) {
            throw new UnreadableEventException(
                    Reason.MISPLACED,
                    event.getSchema().getName() + " does not lie under its request's id and in its partition");
        }
        return event;
    }

    private static boolean isPlaced(SpecificRecord event, ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        String id =
                String.valueOf(event.get(event.getSchema().getField("requestId").pos()));
        return Arrays.equals(record.key(), id.getBytes(StandardCharsets.UTF_8))
                && RequestId.parse(id).stream().anyMatch(known -> known.replyPartition() == record.partition());
    }
}
