/** What was used, asked by time, tenant and model. */
@NullMarked
package dev.millrace.billing.usage;

import org.jspecify.annotations.NullMarked;
