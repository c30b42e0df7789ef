/** The embedded Kafka broker, in a JVM of its own. */
@NullMarked
package dev.millrace.local.broker;

import org.jspecify.annotations.NullMarked;
