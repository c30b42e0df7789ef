package dev.millrace.service;

import dev.millrace.topic.Limits;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka clients with the settings that the whole pipeline relies on. */
@Singleton
public final class KafkaClients {

    private static final int REQUEST_OVERHEAD_MILLIS = 1000;

    /** Records may be many megabytes each, however small they are on the wire, and those of a poll are all in memory. */
    private static final int MAX_POLL_RECORDS = 100;

    private final KafkaConfig config;

    public KafkaClients(KafkaConfig config) {
        this.config = config;
    }

    public String bootstrapServers() {
        return config.bootstrapServers();
    }

    /** Every write is acknowledged by all replicas, in order, and leaves at once. */
    public Producer<byte[], byte[]> producer(String clientId) {
        return producer(clientId, Map.of());
    }

    public Producer<byte[], byte[]> producer(String clientId, Map<String, Object> overrides) {
        Map<String, Object> settings = new HashMap<>(producerLimits());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.putAll(overrides);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** What a producer inside another framework must be given too. */
    public Map<String, Object> producerLimits() {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.bootstrapServers(),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Limits.MAX_RECORD_BYTES,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                config.deliveryTimeoutMillis(),
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Math.min(10_000, config.deliveryTimeoutMillis() - REQUEST_OVERHEAD_MILLIS / 2));
    }

    /** A reader without a group: it assigns partitions to itself. */
    public Consumer<byte[], byte[]> reader(String clientId) {
        return consumer(Map.of(ConsumerConfig.CLIENT_ID_CONFIG, clientId));
    }

    /** A member of a group; offsets are committed by hand. */
    public Consumer<byte[], byte[]> member(String clientId, String group, Map<String, Object> overrides) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
        settings.putAll(overrides);
        return consumer(settings);
    }

    private Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
        Map<String, Object> settings = new HashMap<>(consumerLimits());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        settings.putAll(overrides);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** What a consumer inside another framework must be given too. */
    public Map<String, Object> consumerLimits() {
        return Map.of(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                Limits.MAX_RECORD_BYTES,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                500,
                ConsumerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                500);
    }

    public Admin admin(String clientId) {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.bootstrapServers(),
                AdminClientConfig.CLIENT_ID_CONFIG,
                clientId,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                500));
    }
}
