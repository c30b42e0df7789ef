package dev.millrace.billing.ledger;

/** Somebody else has written from this partition in the meantime: what we hold of it is stale. */
final class OffsetsMovedException extends Exception {

    private static final long serialVersionUID = 1L;

    OffsetsMovedException(Progress progress) {
        super("the stored offset of %s-%d is no longer %s"
                .formatted(progress.topic(), progress.partition(), progress.expected()));
    }
}
