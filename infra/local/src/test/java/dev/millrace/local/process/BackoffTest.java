package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofSeconds(30));

    @Test
    void theDelayDoublesUpToTheLongest() {
        assertThat(backoff.delay(1)).isEqualTo(Duration.ofMillis(200));
        assertThat(backoff.delay(2)).isEqualTo(Duration.ofMillis(400));
        assertThat(backoff.delay(4)).isEqualTo(Duration.ofMillis(1_600));
        assertThat(backoff.delay(8)).isEqualTo(Duration.ofSeconds(20));
        assertThat(backoff.delay(1_000_000)).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void aLongLifeIsForgiven() {
        assertThat(backoff.afterDeath(5, Duration.ofSeconds(29))).isEqualTo(6);
        assertThat(backoff.afterDeath(5, Duration.ofSeconds(30))).isEqualTo(1);
    }
}
