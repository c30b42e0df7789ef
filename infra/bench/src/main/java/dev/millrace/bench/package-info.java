/** Benchmarks that anyone can run, and their reports. */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
