/** From a body's bytes to an accepted request. */
@NullMarked
package dev.millrace.ingress.request;

import org.jspecify.annotations.NullMarked;
