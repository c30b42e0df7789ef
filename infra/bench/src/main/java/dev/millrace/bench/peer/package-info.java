/** Another engine on the same machine, run side by side. */
@NullMarked
package dev.millrace.bench.peer;

import org.jspecify.annotations.NullMarked;
