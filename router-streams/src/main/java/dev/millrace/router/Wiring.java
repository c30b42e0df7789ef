package dev.millrace.router;

import dev.millrace.router.settle.Settler;
import dev.millrace.service.KafkaClients;
import dev.millrace.service.Meters;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import io.prometheus.client.CollectorRegistry;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.admin.Admin;

/** What the service is made of, and what starts when it does. */
@Factory
final class Wiring {

    @Singleton
    Meters<RouterMeter> meters(CollectorRegistry registry) {
        return new Meters<>(RouterMeter.class, registry);
    }

    /** Starts both halves once their topics are there; nothing that speaks in events can be made before. */
    @Singleton
    static final class Starter {
        private final RouterConfig config;
        private final KafkaClients clients;
        private final BeanProvider<Router> router;
        private final BeanProvider<Settler> settler;

        Starter(RouterConfig config, KafkaClients clients, BeanProvider<Router> router, BeanProvider<Settler> settler) {
            this.config = config;
            this.clients = clients;
            this.router = router;
            this.settler = settler;
        }

        @EventListener
        void start(ServerStartupEvent event) throws InterruptedException {
            try (Admin admin = clients.admin("router-topics")) {
                TopicSetup.create(admin, config.replicationFactor());
            }
            router.get().start();
            settler.get().start();
        }
    }
}
