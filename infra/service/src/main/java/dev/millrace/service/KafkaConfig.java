package dev.millrace.service;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers host:port, comma separated
 * @param deliveryTimeoutMillis how long a write is tried before its outcome is an error
 */
@ConfigurationProperties("millrace.kafka")
public record KafkaConfig(
        @Bindable(defaultValue = "localhost:9092") String bootstrapServers,
        @Bindable(defaultValue = "30000") int deliveryTimeoutMillis) {

    private static final int MIN_DELIVERY_TIMEOUT_MILLIS = 1000;

    public KafkaConfig {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("millrace.kafka.bootstrap-servers must not be empty");
        }
        if (deliveryTimeoutMillis < MIN_DELIVERY_TIMEOUT_MILLIS) {
            throw new IllegalArgumentException(
                    "millrace.kafka.delivery-timeout-millis must be at least " + MIN_DELIVERY_TIMEOUT_MILLIS);
        }
    }
}
