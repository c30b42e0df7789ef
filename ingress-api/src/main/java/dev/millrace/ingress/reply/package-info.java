/** Reads the reply log and feeds the waiting clients. */
@NullMarked
package dev.millrace.ingress.reply;

import org.jspecify.annotations.NullMarked;
