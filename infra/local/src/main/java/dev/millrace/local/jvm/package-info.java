/** How the stack's Java processes are started. */
@NullMarked
package dev.millrace.local.jvm;

import org.jspecify.annotations.NullMarked;
