/** Puts a conversation in front of a request and its answer behind it. */
@NullMarked
package dev.millrace.ingress.session;

import org.jspecify.annotations.NullMarked;
