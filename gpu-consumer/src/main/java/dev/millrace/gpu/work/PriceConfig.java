package dev.millrace.gpu.work;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * What the tokens of this process' models cost, in micros of the currency for a million.
 *
 * @param inputMicrosPerMillion prompt tokens
 * @param cachedMicrosPerMillion prompt tokens that came from a cache
 * @param outputMicrosPerMillion generated tokens
 */
@ConfigurationProperties("millrace.price")
public record PriceConfig(
        @Bindable(defaultValue = "100000") long inputMicrosPerMillion,
        @Bindable(defaultValue = "50000") long cachedMicrosPerMillion,
        @Bindable(defaultValue = "400000") long outputMicrosPerMillion) {

    public PriceConfig {
        if (inputMicrosPerMillion < 0 || cachedMicrosPerMillion < 0 || outputMicrosPerMillion < 0) {
            throw new IllegalArgumentException("millrace.price must not be negative");
        }
    }
}
