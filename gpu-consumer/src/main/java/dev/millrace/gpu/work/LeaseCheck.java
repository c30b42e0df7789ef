package dev.millrace.gpu.work;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Property;

/**
 * At the start, whether the worker lets go before the router gives its work to others. The router's own setting is read
 * here too: where it is changed, workers have to be told, or hold on for less.
 */
@Context
public final class LeaseCheck {

    /** As the router has it where nothing is configured. */
    public static final long ROUTER_LEASE_MILLIS = 3000;

    LeaseCheck(
            WorkerConfig config,
            @Property(name = "millrace.scheduler.lease-millis", defaultValue = "" + ROUTER_LEASE_MILLIS)
                    long routerLeaseMillis) {
        // A report takes a while to its place in the log, from where the router counts; another may just have been due.
        long most = routerLeaseMillis - config.reportIntervalMillis();
        if (config.leaseMillis() > most) {
            throw new IllegalArgumentException("millrace.worker.lease-millis is " + config.leaseMillis()
                    + " and must be at most " + most
                    + ", which is millrace.scheduler.lease-millis less millrace.worker.report-interval-millis");
        }
    }
}
