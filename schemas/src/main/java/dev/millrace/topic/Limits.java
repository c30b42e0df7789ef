package dev.millrace.topic;

/** Sizes that every producer, broker, consumer and store must agree on. */
public final class Limits {

    /** The largest request body that a door takes. */
    public static final int MAX_BODY_BYTES = 8 << 20;

    /** The largest record: a body, what its JSON may grow by on the way, and what an event adds around it. */
    public static final int MAX_RECORD_BYTES = 20 << 20;

    private Limits() {}
}
