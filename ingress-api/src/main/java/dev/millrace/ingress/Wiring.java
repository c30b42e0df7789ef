package dev.millrace.ingress;

import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.ingress.reply.Ticker;
import dev.millrace.ingress.request.RequestConfig;
import dev.millrace.reply.RequestIds;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import dev.millrace.topic.DeadLetters;
import dev.millrace.topic.EventCodec;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.prometheus.client.CollectorRegistry;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.Producer;

/** What is made of parts that are not this service's own. */
@Factory
final class Wiring {

    private static final String DEAD_LETTERS = "dead-letters";

    @Singleton
    RandomGenerator random() {
        return new SecureRandom();
    }

    @Singleton
    Ticker ticker() {
        return System::nanoTime;
    }

    @Singleton
    RequestIds requestIds(RequestConfig config, RandomGenerator random) {
        return new RequestIds(config.idSecret(), random);
    }

    @Singleton
    @Bean(preDestroy = "close")
    @Named(DEAD_LETTERS)
    Producer<byte[], byte[]> deadLetterProducer(KafkaClients clients) {
        return clients.producer("ingress-dead-letters");
    }

    @Singleton
    DeadLetters deadLetters(EventCodec codec, @Named(DEAD_LETTERS) Producer<byte[], byte[]> producer) {
        return new DeadLetters("ingress", codec, producer);
    }

    @Singleton
    Meters<IngressMeter> meters(CollectorRegistry registry, InFlight inFlight) {
        Meters<IngressMeter> meters = new Meters<>(IngressMeter.class, registry);
        meters.follow(IngressMeter.IN_FLIGHT, inFlight::requests);
        meters.follow(IngressMeter.BODY_BYTES_IN_FLIGHT, inFlight::bodyBytes);
        meters.follow(IngressMeter.ANSWER_BYTES_IN_FLIGHT, inFlight::answerBytes);
        return meters;
    }
}
