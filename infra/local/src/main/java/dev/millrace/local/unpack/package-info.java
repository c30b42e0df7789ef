/** Native programs out of the Maven artifacts that carry them. */
@NullMarked
package dev.millrace.local.unpack;

import org.jspecify.annotations.NullMarked;
