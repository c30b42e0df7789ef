package dev.millrace.router;

import org.jspecify.annotations.Nullable;

/**
 * A record that the topology writes.
 *
 * @param partition where the key doesn't say it
 */
record Outgoing(String topic, @Nullable Integer partition, byte[] value) {}
