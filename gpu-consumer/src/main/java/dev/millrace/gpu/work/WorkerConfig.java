package dev.millrace.gpu.work;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Property;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How a worker behaves around its generator.
 *
 * @param routerLeaseMillis the router's own setting, {@code millrace.scheduler.lease-millis}: after a silence of this
 *     length it gives the work to others
 * @param leaseMillis how long it goes on after sending its last acknowledged report, which must end before that; 0: two
 *     thirds of it
 * @param reportIntervalMillis time from report to report
 * @param reportGapMillis least time between reports, where something changed
 * @param graceMillis how long what runs may take to end once the worker is to leave; the rest is handed over
 * @param prefetch assignments that it takes beyond its slots
 * @param maxHeldBytes bytes of the requests that it holds, past which it takes no more for now
 * @param maxPendingBytes what one attempt may have waiting to be written before it is abandoned
 * @param maxInFlightBytes what all attempts of a process may have under way to the brokers
 * @param deliveryTimeoutMillis how long a reply is tried to be written before its attempt is abandoned
 * @param logReaders threads that read the reply log for takeovers
 * @param logReadTimeoutMillis how long such a reading may take
 */
@Context // so that what cannot work is refused at the start
@ConfigurationProperties("millrace.worker")
public record WorkerConfig(
        @Property(name = "millrace.scheduler.lease-millis", defaultValue = "" + WorkerConfig.ROUTER_LEASE_MILLIS)
        int routerLeaseMillis,

        @Bindable(defaultValue = "0") int leaseMillis,
        @Bindable(defaultValue = "400") int reportIntervalMillis,
        @Bindable(defaultValue = "50") int reportGapMillis,
        @Bindable(defaultValue = "5000") int graceMillis,
        @Bindable(defaultValue = "64") int prefetch,
        @Bindable(defaultValue = "134217728") int maxHeldBytes,
        @Bindable(defaultValue = "4194304") int maxPendingBytes,
        @Bindable(defaultValue = "16777216") int maxInFlightBytes,
        @Bindable(defaultValue = "120000") int deliveryTimeoutMillis,
        @Bindable(defaultValue = "2") int logReaders,
        @Bindable(defaultValue = "60000") int logReadTimeoutMillis) {

    /** As the router has it where nothing is configured. */
    public static final int ROUTER_LEASE_MILLIS = 3000;

    public WorkerConfig {
        leaseMillis = leaseMillis == 0 ? routerLeaseMillis / 3 * 2 : leaseMillis;
        atLeast("report-gap-millis", reportGapMillis, 1);
        atLeast("report-interval-millis", reportIntervalMillis, reportGapMillis);
        atLeast("lease-millis", leaseMillis, 2 * reportIntervalMillis);
        // A report takes a while to its place in the log, from where the router counts; another may just have been due.
        atMost(routerLeaseMillis - reportIntervalMillis, leaseMillis);
        atLeast("grace-millis", graceMillis, 0);
        atLeast("prefetch", prefetch, 0);
        atLeast("max-held-bytes", maxHeldBytes, 1);
        atLeast("max-pending-bytes", maxPendingBytes, 1024);
        atLeast("max-in-flight-bytes", maxInFlightBytes, 1024);
        atLeast("delivery-timeout-millis", deliveryTimeoutMillis, 20_000);
        atLeast("log-readers", logReaders, 1);
        atLeast("log-read-timeout-millis", logReadTimeoutMillis, 1);
    }

    private static void atMost(int most, int leaseMillis) {
        if (leaseMillis > most) {
            throw new IllegalArgumentException("millrace.worker.lease-millis is " + leaseMillis
                    + " and must be at most " + most
                    + ", which is millrace.scheduler.lease-millis less millrace.worker.report-interval-millis");
        }
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "millrace.worker." + name + " is " + value + " and must be at least " + least);
        }
    }
}
