/** The embedded Redis, from a binary inside a Maven artifact. */
@NullMarked
package dev.millrace.local.redis;

import org.jspecify.annotations.NullMarked;
