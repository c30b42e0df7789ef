/** From the usage topic into PostgreSQL, each request once. */
@NullMarked
package dev.millrace.billing.ledger;

import org.jspecify.annotations.NullMarked;
