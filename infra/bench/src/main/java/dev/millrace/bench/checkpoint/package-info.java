/** Checkpoints of published shapes with random weights. */
@NullMarked
package dev.millrace.bench.checkpoint;

import org.jspecify.annotations.NullMarked;
