/** Everything on one machine: broker, databases and services, for {@code mvn -Pup} and for tests. */
@NullMarked
package dev.millrace.local;

import org.jspecify.annotations.NullMarked;
