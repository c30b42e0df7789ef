package dev.millrace.gpu.generate.echo;

import dev.millrace.event.Failure;

/** A request that the model cannot serve, with what to tell the client. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    private RefusedException(Failure failure) {
        super(failure.getMessage());
        this.failure = failure;
    }

    static RefusedException of(String param, String message) {
        return of("invalid_value", param, message);
    }

    static RefusedException of(String code, String param, String message) {
        return new RefusedException(new Failure(400, "invalid_request_error", code, message, param, null));
    }

    Failure failure() {
        return failure;
    }
}
