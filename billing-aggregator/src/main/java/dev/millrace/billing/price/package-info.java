/** What tokens cost: pure arithmetic. */
@NullMarked
package dev.millrace.billing.price;

import org.jspecify.annotations.NullMarked;
