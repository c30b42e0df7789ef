package dev.millrace.ingress.http;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.net.URI;

/**
 * Where usage is asked for.
 *
 * @param url the billing service's address; empty: there is none
 * @param timeoutMillis how long it may take to answer
 */
@ConfigurationProperties("millrace.billing")
public record BillingConfig(
        @Bindable(defaultValue = "") String url,
        @Bindable(defaultValue = "10000") long timeoutMillis) {

    public BillingConfig {
        if (!url.isEmpty() && !URI.create(url).isAbsolute()) {
            throw new IllegalArgumentException("millrace.billing.url must be an absolute URL");
        }
        if (timeoutMillis < 1) {
            throw new IllegalArgumentException("millrace.billing.timeout-millis must be positive");
        }
    }
}
