/** The topics, and how events become bytes and bytes become events. */
@NullMarked
package dev.millrace.topic;

import org.jspecify.annotations.NullMarked;
