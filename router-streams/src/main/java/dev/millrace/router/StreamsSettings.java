package dev.millrace.router;

import dev.millrace.service.KafkaClients;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Kafka Streams, set for low latency, large records and a quick come-back. */
final class StreamsSettings {

    private static final String APPLICATION = "millrace-router";

    /** Records may be 8 MiB each and more, however small they are on the wire, so few are held at a time. */
    private static final int MAX_BUFFERED = 16;

    private static final int HEARTBEATS_PER_SESSION = 4;

    private StreamsSettings() {}

    static Properties of(RouterConfig config, KafkaClients clients, DataDirectory directory) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, clients.bootstrapServers());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.state().toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitMillis());
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, config.replicationFactor());
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, MAX_BUFFERED);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallRocks.class);
        settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, TooLargeIsLost.class);
        settings.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        clients.producerLimits()
                .forEach((key, value) -> putUnlessOwn(settings, StreamsConfig.producerPrefix(key), value));
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_BLOCK_MS_CONFIG), config.maxBlockMillis());
        clients.consumerLimits()
                .forEach((key, value) -> putUnlessOwn(settings, StreamsConfig.consumerPrefix(key), value));
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), MAX_BUFFERED);
        settings.putAll(membership(config, directory.routerName()));
        settings.put(
                StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                Integer.toString(dev.millrace.topic.Limits.MAX_RECORD_BYTES));
        return settings;
    }

    /**
     * A member with a name of its own: after a crash it comes back as itself, without a rebalance. The classic protocol
     * knows such members as soon as they are back; the newer ones make them wait for the session to end.
     */
    private static Map<String, Object> membership(RouterConfig config, String name) {
        return Map.of(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
                name,
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                config.sessionMillis(),
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                config.sessionMillis() / HEARTBEATS_PER_SESSION);
    }

    private static void putUnlessOwn(Properties settings, String key, Object value) {
        boolean own = key.endsWith(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG)
                || key.endsWith(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
        if (!own) {
            settings.put(key, value);
        }
    }
}
