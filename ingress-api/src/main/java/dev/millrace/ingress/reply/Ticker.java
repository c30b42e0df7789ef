package dev.millrace.ingress.reply;

/** Time that only ever goes forward, for measuring. */
@FunctionalInterface
public interface Ticker {

    long nanos();
}
