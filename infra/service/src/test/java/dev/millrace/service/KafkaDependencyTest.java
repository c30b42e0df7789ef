package dev.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KafkaDependencyTest {

    /** Nobody listens there. */
    private static final KafkaConfig NOWHERE = new KafkaConfig("127.0.0.1:1", 1000);

    @Test
    void aServiceWhoseKafkaIsAwayEndsAllTheSame() {
        KafkaDependency kafka = new KafkaDependency(new KafkaClients(NOWHERE), Clock.systemUTC());

        assertThat(kafka.state().up()).isFalse();
        assertTimeoutPreemptively(Duration.ofSeconds(20), kafka::close);
    }
}
