/** From the reply log to the records of how requests ended: what counts there, and nothing else. */
@NullMarked
package dev.millrace.router.settle;

import org.jspecify.annotations.NullMarked;
