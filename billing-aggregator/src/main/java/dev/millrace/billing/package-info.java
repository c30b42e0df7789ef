/** The billing service and how its parts are put together. */
@NullMarked
package dev.millrace.billing;

import org.jspecify.annotations.NullMarked;
