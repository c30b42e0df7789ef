/** Child processes: started on a leash, watched, started again when they die, stopped, and never left behind. */
@NullMarked
package dev.millrace.local.process;

import org.jspecify.annotations.NullMarked;
