/** The router on Kafka Streams: the shell around the scheduler, and the wiring of the service. */
@NullMarked
package dev.millrace.router;

import org.jspecify.annotations.NullMarked;
