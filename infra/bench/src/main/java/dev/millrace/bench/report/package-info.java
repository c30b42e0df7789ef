/** Figures, what they are held to, and how they are told. */
@NullMarked
package dev.millrace.bench.report;

import org.jspecify.annotations.NullMarked;
