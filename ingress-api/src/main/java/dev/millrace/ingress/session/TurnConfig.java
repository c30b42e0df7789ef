package dev.millrace.ingress.session;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How the turns of a session wait for each other.
 *
 * @param waitMillis how long a turn may wait for those before it
 * @param askMillis how often a waiting turn asks
 */
@ConfigurationProperties("millrace.turn")
public record TurnConfig(
        @Bindable(defaultValue = "60000") long waitMillis,
        @Bindable(defaultValue = "100") long askMillis) {

    public TurnConfig {
        if (waitMillis < 1 || askMillis < 1 || askMillis > waitMillis) {
            throw new IllegalArgumentException(
                    "millrace.turn.ask-millis must be positive and at most millrace.turn.wait-millis");
        }
    }
}
