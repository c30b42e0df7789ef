package dev.millrace.ingress.limit;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How long this door listens to a client that has begun a request and goes no further.
 *
 * @param timeoutMillis from the first byte of a request to the end of its head; then its connection is closed
 */
@ConfigurationProperties("millrace.head")
public record HeadConfig(@Bindable(defaultValue = "60000") long timeoutMillis) {

    public HeadConfig {
        if (timeoutMillis < 1) {
            throw new IllegalArgumentException("millrace.head.timeout-millis must be positive");
        }
    }
}
