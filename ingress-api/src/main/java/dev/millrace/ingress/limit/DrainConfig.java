package dev.millrace.ingress.limit;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How this door closes.
 *
 * @param graceMillis how long answers under way may take to their ends
 */
@ConfigurationProperties("millrace.drain")
public record DrainConfig(@Bindable(defaultValue = "20000") long graceMillis) {

    public DrainConfig {
        if (graceMillis < 0) {
            throw new IllegalArgumentException("millrace.drain.grace-millis must not be negative");
        }
    }
}
