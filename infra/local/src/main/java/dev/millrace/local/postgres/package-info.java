/** The embedded PostgreSQL, from binaries inside a Maven artifact. */
@NullMarked
package dev.millrace.local.postgres;

import org.jspecify.annotations.NullMarked;
