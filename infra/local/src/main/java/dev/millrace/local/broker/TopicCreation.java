package dev.millrace.local.broker;

import dev.millrace.topic.Topic;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics of the catalogue that are not there yet. */
public final class TopicCreation {

    private TopicCreation() {}

    public static void createMissing(String bootstrapServers, Collection<Topic> topics)
            throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            Set<String> present = new HashSet<>(admin.listTopics().names().get());
            List<NewTopic> missing = topics.stream()
                    .filter(topic -> !present.contains(topic.name()))
                    .map(TopicCreation::described)
                    .toList();
            admin.createTopics(missing).all().get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (!(cause instanceof TopicExistsException)) {
                throw failed(bootstrapServers, cause);
            }
        } catch (KafkaException e) {
            throw failed(bootstrapServers, e);
        }
    }

    private static IOException failed(String bootstrapServers, Throwable cause) {
        return new IOException(
                "The topics cannot be created at " + bootstrapServers + ": " + cause.getMessage(), cause);
    }

    /** The replication factor is the cluster's own choice. */
    private static NewTopic described(Topic topic) {
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty()).configs(topic.settings());
    }
}
