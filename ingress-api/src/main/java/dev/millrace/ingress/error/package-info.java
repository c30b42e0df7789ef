/** What a client is told when it does not get what it asked for. */
@NullMarked
package dev.millrace.ingress.error;

import org.jspecify.annotations.NullMarked;
