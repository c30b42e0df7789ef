package dev.millrace.router;

import dev.millrace.event.RoutingRules;
import dev.millrace.router.schedule.Rulebook;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.UnreadableEventException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules as the global store has them. Rules that can't be read change nothing. */
final class RuleStore implements Rulebook {

    private static final Logger LOG = LoggerFactory.getLogger(RuleStore.class);
    private static final int MAX_READ = 10_000;

    private final ReadOnlyKeyValueStore<String, byte[]> store;
    private final EventCodec codec;
    private final Map<String, Read> read = new HashMap<>();

    RuleStore(ReadOnlyKeyValueStore<String, byte[]> store, EventCodec codec) {
        this.store = store;
        this.codec = codec;
    }

    @Override
    public Optional<RoutingRules> rules(String model) {
        byte @Nullable [] bytes = store.get(model);
        if (bytes == null) {
            read.remove(model);
            return Optional.empty();
        }
        Read last = read.get(model);
        if (last == null || !Arrays.equals(last.bytes, bytes)) {
            if (read.size() > MAX_READ) {
                read.clear();
            }
            last = new Read(bytes, decode(model, bytes).or(known(last)));
            read.put(model, last);
        }
        return last.rules;
    }

    private static java.util.function.Supplier<Optional<RoutingRules>> known(@Nullable Read last) {
        return () -> last == null ? Optional.empty() : last.rules;
    }

    private Optional<RoutingRules> decode(String model, byte[] bytes) {
        try {
            if (codec.decode(bytes) instanceof RoutingRules rules) {
                return Optional.of(rules);
            }
            LOG.warn("What is said about model '{}' is no set of rules", model);
        } catch (UnreadableEventException e) {
            LOG.warn("The rules of model '{}' can't be read: {}", model, e.getMessage());
        }
        return Optional.empty();
    }

    @Override
    public boolean isKnown(String model) {
        if (store.get(model) != null) {
            return true;
        }
        try (KeyValueIterator<String, byte[]> announced = store.prefixScan(model + "@", new StringSerializer())) {
            while (announced.hasNext()) {
                KeyValue<String, byte[]> next = announced.next();
                if (next.value != null) {
                    return true;
                }
            }
        }
        return false;
    }

    private record Read(byte[] bytes, Optional<RoutingRules> rules) {}
}
