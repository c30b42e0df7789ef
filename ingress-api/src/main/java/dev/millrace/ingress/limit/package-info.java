/** What this door takes on at once. */
@NullMarked
package dev.millrace.ingress.limit;

import org.jspecify.annotations.NullMarked;
