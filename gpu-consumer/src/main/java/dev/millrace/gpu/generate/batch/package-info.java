/** Who runs when, in which blocks, and what is said about it: decisions only, nothing here knows a device. */
@NullMarked
package dev.millrace.gpu.generate.batch;

import org.jspecify.annotations.NullMarked;
