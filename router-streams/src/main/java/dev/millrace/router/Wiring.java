package dev.millrace.router;

import dev.millrace.router.settle.Settler;
import dev.millrace.service.Meters;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import io.prometheus.client.CollectorRegistry;
import jakarta.inject.Singleton;

/** What the service is made of, and what starts when it does. */
@Factory
final class Wiring {

    @Singleton
    Meters<RouterMeter> meters(CollectorRegistry registry) {
        return new Meters<>(RouterMeter.class, registry);
    }

    /** Starts both halves once everything is there. */
    @Singleton
    static final class Starter {
        private final Router router;
        private final Settler settler;

        Starter(Router router, Settler settler) {
            this.router = router;
            this.settler = settler;
        }

        @EventListener
        void start(StartupEvent event) throws InterruptedException {
            router.start();
            settler.start();
        }
    }
}
