package dev.millrace.gpu.work;

import dev.millrace.event.ModelAnnounced;
import dev.millrace.event.Price;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.topic.EventCodec;
import dev.millrace.topic.Topic;
import dev.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes a pool known: its topic, and what its model is. */
final class Announcer {

    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final EventCodec codec;
    private final PriceConfig price;

    Announcer(Admin admin, Producer<byte[], byte[]> producer, EventCodec codec, PriceConfig price) {
        this.admin = admin;
        this.producer = producer;
        this.codec = codec;
        this.price = price;
    }

    /** Returns when both are there. */
    void announce(WorkerId worker, ModelProfile profile) throws ExecutionException, InterruptedException {
        createTopic(Topics.work(worker.pool()));
        ModelAnnounced announced = new ModelAnnounced(
                worker.model(),
                worker.pool(),
                worker.provider(),
                profile.description(),
                profile.createdAtMillis(),
                profile.contextTokens(),
                profile.maxOutputTokens(),
                profile.parameters(),
                new ArrayList<>(profile.capabilities().stream().sorted().toList()),
                new Price(
                        price.inputMicrosPerMillion(), price.cachedMicrosPerMillion(), price.outputMicrosPerMillion()));
        byte[] key = (worker.model() + "@" + worker.pool()).getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(Topics.RULES.name(), 0, key, codec.encode(announced)))
                .get();
    }

    private void createTopic(Topic topic) throws ExecutionException, InterruptedException {
        NewTopic wanted =
                new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty()).configs(topic.settings());
        try {
            admin.createTopics(List.of(wanted)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }
}
