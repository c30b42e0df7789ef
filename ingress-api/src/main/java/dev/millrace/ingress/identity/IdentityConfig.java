package dev.millrace.ingress.identity;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * Who may call.
 *
 * @param developmentKey the one key of a development stack; empty: nobody may call
 */
@ConfigurationProperties("millrace.identity")
public record IdentityConfig(@Bindable(defaultValue = "") String developmentKey) {

    private static final int MIN_KEY_CHARS = 16;

    public IdentityConfig {
        if (!developmentKey.isEmpty()
                && (!developmentKey.startsWith("sk-") || developmentKey.length() < MIN_KEY_CHARS)) {
            throw new IllegalArgumentException("millrace.identity.development-key must start with sk- and have "
                    + MIN_KEY_CHARS + " characters or more");
        }
    }

    @Override
    public String toString() {
        return "IdentityConfig[developmentKey=" + (developmentKey.isEmpty() ? "none" : "given") + "]";
    }
}
