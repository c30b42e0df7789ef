package dev.millrace.billing;

import dev.millrace.billing.ledger.BillingMeter;
import dev.millrace.billing.ledger.Database;
import dev.millrace.service.Meters;
import io.micronaut.context.annotation.Factory;
import io.prometheus.client.CollectorRegistry;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import javax.sql.DataSource;

/** What the parts share. */
@Factory
final class Wiring {

    @Singleton
    Meters<BillingMeter> meters(CollectorRegistry registry) {
        return new Meters<>(BillingMeter.class, registry);
    }

    /** What the repositories work with. */
    @Singleton
    @Named("default")
    DataSource dataSource(Database database) {
        return database.connections();
    }
}
