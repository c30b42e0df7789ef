package dev.millrace.ingress.reply;

import dev.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.apache.kafka.common.TopicPartition;

/** Which reply partitions a replica prefers: those that rank highest for its name, so replicas spread by themselves. */
final class OwnPartitions {

    private OwnPartitions() {}

    static List<TopicPartition> of(ReplyConfig config, int partitions) {
        String instance = config.instance().isEmpty() ? UUID.randomUUID().toString() : config.instance();
        return IntStream.range(0, partitions)
                .boxed()
                .sorted(Comparator.comparingLong(partition -> rank(instance, partition)))
                .limit(config.ownPartitions())
                .map(partition -> new TopicPartition(Topics.REPLIES.name(), partition))
                .toList();
    }

    private static long rank(String instance, int partition) {
        CRC32 crc = new CRC32();
        crc.update((instance + '/' + partition).getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
