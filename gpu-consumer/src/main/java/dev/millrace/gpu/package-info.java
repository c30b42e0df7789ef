/** The worker's process: which models it serves, and how its parts are wired. */
@NullMarked
package dev.millrace.gpu;

import org.jspecify.annotations.NullMarked;
