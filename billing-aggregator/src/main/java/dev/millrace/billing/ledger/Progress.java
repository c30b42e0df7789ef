package dev.millrace.billing.ledger;

import org.jspecify.annotations.Nullable;

/**
 * How far a batch goes in a partition.
 *
 * @param expected the stored offset that the batch begins from; null where none was stored
 * @param next the offset after the batch
 */
record Progress(String topic, int partition, @Nullable Long expected, long next) {}
