package dev.millrace.router;

import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics of the catalogue that are not there. */
final class TopicSetup {

    private TopicSetup() {}

    static void create(Admin admin, int replicationFactor) throws InterruptedException {
        Optional<Short> replicas = replicationFactor == -1 ? Optional.empty() : Optional.of((short) replicationFactor);
        try {
            Set<String> present = admin.listTopics().names().get();
            for (Topic topic : Topics.FIXED) {
                if (!present.contains(topic.name())) {
                    create(admin, topic, replicas);
                }
            }
        } catch (ExecutionException e) {
            throw new KafkaException("could not make sure of the topics", e.getCause());
        }
    }

    private static void create(Admin admin, Topic topic, Optional<Short> replicas)
            throws InterruptedException, ExecutionException {
        NewTopic wanted =
                new NewTopic(topic.name(), Optional.of(topic.partitions()), replicas).configs(topic.settings());
        try {
            admin.createTopics(Set.of(wanted)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }
}
