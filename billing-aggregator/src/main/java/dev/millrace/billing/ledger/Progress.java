package dev.millrace.billing.ledger;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How far a batch goes in a partition.
 *
 * @param expected the stored offset that the batch begins from; null where none was stored
 * @param next the place after the batch, with the topic's id as its metadata
 */
record Progress(String topic, int partition, @Nullable Long expected, OffsetAndMetadata next) {}
