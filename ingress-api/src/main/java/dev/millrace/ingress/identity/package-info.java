/** Who is calling. */
@NullMarked
package dev.millrace.ingress.identity;

import org.jspecify.annotations.NullMarked;
