/** Scheduler, reply log, readers, workers and settler together, under faults, by seed. */
@NullMarked
package dev.millrace.router.simulation;

import org.jspecify.annotations.NullMarked;
