package dev.millrace.billing.ledger;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * How usage is written into the ledger.
 *
 * @param batchRecords how many records one transaction takes at most
 * @param maxBackoffMillis the longest pause before the next try when Kafka or PostgreSQL is away
 * @param monthsAhead for how many months after the present one partitions are made ahead of time
 */
@ConfigurationProperties("millrace.ledger")
public record LedgerConfig(
        @Bindable(defaultValue = "500") int batchRecords,
        @Bindable(defaultValue = "5000") long maxBackoffMillis,
        @Bindable(defaultValue = "2") int monthsAhead) {

    private static final int MAX_BATCH_RECORDS = 10_000;
    private static final int MAX_MONTHS_AHEAD = 24;

    public LedgerConfig {
        if (batchRecords < 1 || batchRecords > MAX_BATCH_RECORDS) {
            throw new IllegalArgumentException("millrace.ledger.batch-records must be 1 to " + MAX_BATCH_RECORDS);
        }
        if (maxBackoffMillis < 1) {
            throw new IllegalArgumentException("millrace.ledger.max-backoff-millis must be positive");
        }
        if (monthsAhead < 1 || monthsAhead > MAX_MONTHS_AHEAD) {
            throw new IllegalArgumentException("millrace.ledger.months-ahead must be 1 to " + MAX_MONTHS_AHEAD);
        }
    }
}
