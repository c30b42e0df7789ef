/** The scheduler's pure core: events in, decisions out; no clock, no I/O, no Kafka. */
@NullMarked
package dev.millrace.router.schedule;

import org.jspecify.annotations.NullMarked;
