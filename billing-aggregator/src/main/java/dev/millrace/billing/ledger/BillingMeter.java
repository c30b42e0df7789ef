package dev.millrace.billing.ledger;

import dev.millrace.service.Meter;
import java.util.List;

/** The meters of the billing service. */
public enum BillingMeter implements Meter {
    RECORDS(
            "billing_records_total",
            Kind.COUNTER,
            "Usage records read: inserted, duplicate, or refused to the dead letters.",
            "result"),
    BATCH_SECONDS("billing_batch_seconds", Kind.HISTOGRAM, "Time of one ledger transaction."),
    DELAY_SECONDS(
            "billing_delay_seconds", Kind.HISTOGRAM, "Time from a record's place in the log to its row in the ledger."),
    LAG_RECORDS(
            "billing_lag_records", Kind.GAUGE, "Records of a partition that are not in the ledger yet.", "partition"),
    GAP_RECORDS(
            "billing_gap_records_total",
            Kind.COUNTER,
            "Records that Kafka had deleted before they were in the ledger: usage that was never billed."),
    RESTARTS("billing_reader_restarts_total", Kind.COUNTER, "How often reading began anew, by cause.", "cause");

    private final Spec spec;

    BillingMeter(String meterName, Kind kind, String description, String... labels) {
        this.spec = new Spec(meterName, kind, description, List.of(labels));
    }

    @Override
    public Spec spec() {
        return spec;
    }
}
