/** Conversations: what was said so far, and whose turn it is. */
@NullMarked
package dev.millrace.session;

import org.jspecify.annotations.NullMarked;
