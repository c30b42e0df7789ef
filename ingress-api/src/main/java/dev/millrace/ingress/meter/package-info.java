/** The figures that this service shows. */
@NullMarked
package dev.millrace.ingress.meter;

import org.jspecify.annotations.NullMarked;
