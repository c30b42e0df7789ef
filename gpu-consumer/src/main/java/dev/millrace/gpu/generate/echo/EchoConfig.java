package dev.millrace.gpu.generate.echo;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * The echo model.
 *
 * @param slots streams that run at once
 * @param tokenMillis time from token to token where the request does not set its own; 0: as fast as it goes
 * @param contextTokens tokens of prompt and answer together
 */
@ConfigurationProperties("millrace.echo")
public record EchoConfig(
        @Bindable(defaultValue = "256") int slots,
        @Bindable(defaultValue = "0") int tokenMillis,
        @Bindable(defaultValue = "1048576") int contextTokens) {

    static final int MAX_TOKEN_MILLIS = 60_000;

    public EchoConfig {
        if (slots < 1) {
            throw new IllegalArgumentException("millrace.echo.slots must be at least 1");
        }
        if (tokenMillis < 0 || tokenMillis > MAX_TOKEN_MILLIS) {
            throw new IllegalArgumentException("millrace.echo.token-millis must be from 0 to " + MAX_TOKEN_MILLIS);
        }
        if (contextTokens < 1) {
            throw new IllegalArgumentException("millrace.echo.context-tokens must be at least 1");
        }
    }
}
