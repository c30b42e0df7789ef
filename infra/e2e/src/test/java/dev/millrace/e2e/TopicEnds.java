package dev.millrace.e2e;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** Where each partition of every topic that the broker has ends. */
record TopicEnds(Map<TopicPartition, Long> offsets) {

    private static final Duration QUIET = Duration.ofSeconds(2);

    private static TopicEnds of(String bootstrapServers) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            for (TopicDescription topic : admin.describeTopics(
                            admin.listTopics().names().get())
                    .allTopicNames()
                    .get()
                    .values()) {
                topic.partitions()
                        .forEach(partition -> asked.put(
                                new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest()));
            }
            return new TopicEnds(admin.listOffsets(asked).all().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, end -> end.getValue().offset())));
        }
    }

    /** Once nothing is written any more: what a client has got to the end is settled a little later. */
    static TopicEnds atRest(String bootstrapServers) throws ExecutionException, InterruptedException {
        AtomicReference<TopicEnds> last = new AtomicReference<>(of(bootstrapServers));
        await().pollDelay(QUIET)
                .pollInterval(QUIET)
                .atMost(Duration.ofMinutes(1))
                .until(() -> {
                    TopicEnds now = of(bootstrapServers);
                    return now.withoutHeartbeats().equals(last.getAndSet(now).withoutHeartbeats());
                });
        return last.get();
    }

    Set<String> topics() {
        return offsets.keySet().stream().map(TopicPartition::topic).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Workers report all the time, and the router keeps what it heard and how far it has read; nothing else grows by
     * itself.
     */
    Map<TopicPartition, Long> withoutHeartbeats() {
        return offsets.entrySet().stream()
                .filter(end -> !end.getKey().topic().equals("millrace.workers"))
                .filter(end -> !end.getKey().topic().endsWith("-changelog"))
                .filter(end -> !end.getKey().topic().startsWith("__"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
