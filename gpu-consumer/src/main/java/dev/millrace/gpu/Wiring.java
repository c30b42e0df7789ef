package dev.millrace.gpu;

import dev.millrace.gpu.work.WorkerMeter;
import dev.millrace.service.Meters;
import io.micronaut.context.annotation.Factory;
import io.prometheus.client.CollectorRegistry;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** What needs making by hand. */
@Factory
final class Wiring {

    @Singleton
    Meters<WorkerMeter> meters(CollectorRegistry registry) {
        return new Meters<>(WorkerMeter.class, registry);
    }

    @Singleton
    RandomGenerator random() {
        return new SecureRandom();
    }
}
