/** Sessions in this process's memory, for tests and for a single replica without Redis. */
@NullMarked
package dev.millrace.session.memory;

import org.jspecify.annotations.NullMarked;
