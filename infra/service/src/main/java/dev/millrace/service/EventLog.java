package dev.millrace.service;

import dev.millrace.topic.EventCodec;
import dev.millrace.topic.SchemaLog;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.apache.kafka.clients.producer.Producer;

/** What all services share for events: the clock, the codec, and the announcement of their schemas. */
@Factory
final class EventLog {

    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Singleton
    SchemaLog schemaLog(KafkaClients clients, Clock clock) {
        return new SchemaLog(() -> clients.reader("schema-log"), clock);
    }

    /** Nobody writes an event whose schema is not announced: the codec comes with the announcement made. */
    @Bean
    @Singleton
    EventCodec codec(SchemaLog schemas, KafkaClients clients) {
        try (Producer<byte[], byte[]> producer = clients.producer("schema-announcer")) {
            schemas.announce(producer);
        }
        return new EventCodec(schemas);
    }
}
