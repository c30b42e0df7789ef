/** Millrace's own services, each in a JVM of its own. */
@NullMarked
package dev.millrace.local.service;

import org.jspecify.annotations.NullMarked;
