package dev.millrace.router;

import dev.millrace.router.schedule.QueueConfig;
import dev.millrace.router.schedule.SchedulerConfig;
import dev.millrace.service.Meters;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.Limits;
import dev.millrace.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** What flows where: everything about a model meets in one task, and all that the task decides leaves it by one door. */
final class RouterTopology {

    static final String ENTRIES = "entries";
    static final String BODIES = "bodies";
    static final String ENDED = "ended";
    static final String RULES = "rules";
    static final String SETTLED = "usage-by-model";

    private static final Serde<byte[]> BYTES = Serdes.ByteArray();
    private static final Serde<String> TEXT = Serdes.String();

    private RouterTopology() {}

    /**
     * What the topology is made of.
     *
     * @param router who writes what the router writes
     * @param tickEvery how often the router writes its time into the log
     */
    record Parts(
            String router,
            Duration tickEvery,
            SchedulerConfig scheduler,
            QueueConfig queue,
            EventCodec codec,
            Meters<RouterMeter> meters) {}

    static Topology of(Parts parts) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(RULES), TEXT, BYTES),
                Topics.RULES.name(),
                Consumed.with(TEXT, BYTES),
                RuleKeeper::new);

        KStream<byte[], Outgoing> usage = builder.stream(
                        Topics.USAGE.name(), Consumed.with(BYTES, BYTES).withName("usage"))
                .process(() -> new UsageByModel(parts.codec(), parts.meters()), Named.as("usage-of-model"));
        send(usage.filter((key, out) -> !isSettled(out)));
        KStream<byte[], byte[]> settled = usage.filter((key, out) -> isSettled(out))
                .mapValues(Outgoing::value)
                .repartition(Repartitioned.with(BYTES, BYTES)
                        .withName(SETTLED)
                        .withNumberOfPartitions(Topics.REQUESTS.partitions()));

        KStream<byte[], Outgoing> decided = builder.stream(
                        List.of(Topics.REQUESTS.name(), Topics.WORKERS.name()),
                        Consumed.with(BYTES, BYTES).withName("requests-and-workers"))
                .merge(settled)
                .process(new SchedulerTask.Supplier(parts), Named.as("schedule"));
        send(decided);
        return builder.build();
    }

    private static boolean isSettled(Outgoing out) {
        return out.topic().equals(SETTLED);
    }

    private static void send(KStream<byte[], Outgoing> records) {
        Serde<Outgoing> serde = Serdes.serdeFrom((topic, out) -> out.value(), (topic, bytes) -> {
            throw new UnsupportedOperationException("what left is not read again");
        });
        records.to(
                (key, out, context) -> out.topic(),
                Produced.with(BYTES, serde).withStreamPartitioner((topic, key, out, partitions) -> place(out)));
    }

    private static Optional<Set<Integer>> place(Outgoing out) {
        return Optional.ofNullable(out.partition()).map(Set::of);
    }

    static Set<StoreBuilder<?>> stores() {
        return Set.of(store(ENTRIES), store(BODIES), store(ENDED));
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), TEXT, BYTES)
                .withCachingDisabled()
                .withLoggingEnabled(Map.of(
                        "max.message.bytes", Integer.toString(Limits.MAX_RECORD_BYTES),
                        "segment.bytes", Integer.toString(64 << 20),
                        "min.cleanable.dirty.ratio", "0.2"));
    }
}
