package dev.millrace.topic;

/** Bytes that are no event, or none that this build can read. */
public final class UnreadableEventException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why it could not be read. */
    public enum Reason {
        /** Not in Avro's single-object encoding. */
        NO_EVENT,
        /** In it, but nobody announced the schema. */
        UNKNOWN_FINGERPRINT,
        /** The schema is known and is not one of ours, or not one that this topic carries. */
        UNKNOWN_EVENT,
        /** A reply that does not lie where its request's id says. */
        MISPLACED,
        /** The schema is known and the bytes do not follow it, or cannot be resolved to the present one. */
        CORRUPT
    }

    private final Reason reason;

    public UnreadableEventException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public UnreadableEventException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
