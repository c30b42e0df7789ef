package dev.millrace.topic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * One topic of the catalogue.
 *
 * @param key what the key of its records is
 * @param events what may be in it
 * @param retention how long records stay; null: compacted, the newest of each key stays
 */
public record Topic(
        String name,
        String key,
        List<Class<? extends SpecificRecord>> events,
        int partitions,
        @Nullable Duration retention) {

    private static final long SEGMENT_BYTES = 128L << 20;

    public Topic {
        events = List.copyOf(events);
        if (partitions < 1) {
            throw new IllegalArgumentException(name + " must have a partition");
        }
    }

    /** Settings with which the topic is created. */
    public Map<String, String> settings() {
        String maxMessageBytes = Integer.toString(Limits.MAX_RECORD_BYTES);
        if (retention == null) {
            return Map.of(
                    "cleanup.policy", "compact",
                    "max.message.bytes", maxMessageBytes,
                    "message.timestamp.type", "LogAppendTime");
        }
        return Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                Long.toString(retention.toMillis()),
                "segment.bytes",
                Long.toString(SEGMENT_BYTES),
                "max.message.bytes",
                maxMessageBytes,
                "message.timestamp.type",
                "LogAppendTime");
    }
}
