package dev.millrace.ingress.limit;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How long this door waits for a body, for which it holds room meanwhile.
 *
 * @param timeoutMillis from the head of a request to the last byte of its body; then its connection is closed
 */
@ConfigurationProperties("millrace.body")
public record BodyConfig(@Bindable(defaultValue = "120000") long timeoutMillis) {

    public BodyConfig {
        if (timeoutMillis < 1) {
            throw new IllegalArgumentException("millrace.body.timeout-millis must be positive");
        }
    }
}
