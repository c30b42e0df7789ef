package dev.millrace.ingress;

import dev.millrace.topic.EventCodec;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import jakarta.inject.Singleton;

/** Nothing may want Kafka in these tests; who does after all is found here, and at once. */
@Factory
final class NoKafka {

    @Singleton
    @Replaces(EventCodec.class)
    EventCodec codec() {
        throw new IllegalStateException("a test wants Kafka");
    }
}
