/** The model that answers with what it was told, at any pace, and fails on request: for tests and benchmarks. */
@NullMarked
package dev.millrace.gpu.generate.echo;

import org.jspecify.annotations.NullMarked;
