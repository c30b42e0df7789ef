/** What counts in the reply log, for all who read it. */
@NullMarked
package dev.millrace.reply;

import org.jspecify.annotations.NullMarked;
