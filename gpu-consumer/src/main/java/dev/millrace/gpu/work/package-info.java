/** What surrounds a generator: polls and admits work, holds the lease, publishes pieces, reports, takes over and lets go. */
@NullMarked
package dev.millrace.gpu.work;

import org.jspecify.annotations.NullMarked;
