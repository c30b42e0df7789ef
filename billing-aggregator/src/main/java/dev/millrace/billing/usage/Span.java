package dev.millrace.billing.usage;

import java.time.Instant;

/** A stretch of time: its end is the first moment that is no longer part of it. */
record Span(Instant from, Instant to) {

    Span {
        if (to.isBefore(from)) {
            throw new IllegalArgumentException("a span must not end before it begins");
        }
    }

    boolean isEmpty() {
        return from.equals(to);
    }
}
