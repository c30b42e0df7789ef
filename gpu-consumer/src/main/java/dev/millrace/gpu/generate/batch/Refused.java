package dev.millrace.gpu.generate.batch;

import dev.millrace.event.Failure;

/** A request that cannot be served as it is; carries what its client is to be told. */
public final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public Refused(Failure failure) {
        super(failure.getMessage(), null, false, false);
        this.failure = failure;
    }

    /** The request asks for what cannot be had. */
    public static Refused invalid(String message, String param) {
        return new Refused(new Failure(400, "invalid_request_error", "invalid_value", message, param, null));
    }

    public static Refused tooLong(int tokens, int contextTokens, String param) {
        String message = "This model's maximum context length is " + contextTokens + " tokens. However, your request"
                + " resulted in " + tokens + " tokens. Please reduce its length.";
        return new Refused(new Failure(400, "invalid_request_error", "context_length_exceeded", message, param, null));
    }

    public Failure failure() {
        return failure;
    }
}
