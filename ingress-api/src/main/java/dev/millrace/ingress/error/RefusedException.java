package dev.millrace.ingress.error;

import dev.millrace.event.Failure;

/** A request that is not taken, with what its client is told. Expected, so it carries no stack. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Failure failure;

    public RefusedException(Failure failure) {
        super(failure.getMessage(), null, false, false);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
