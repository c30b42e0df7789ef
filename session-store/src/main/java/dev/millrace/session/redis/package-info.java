/** Sessions in Redis: one script a step, so that each step is whole; the one place that knows Redisson. */
@NullMarked
package dev.millrace.session.redis;

import org.jspecify.annotations.NullMarked;
