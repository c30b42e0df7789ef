/** What the machine itself can do. */
@NullMarked
package dev.millrace.bench.limits;

import org.jspecify.annotations.NullMarked;
