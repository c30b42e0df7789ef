/** What the engine reaches, step by step and request by request. */
@NullMarked
package dev.millrace.bench.engine;

import org.jspecify.annotations.NullMarked;
