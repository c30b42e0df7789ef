package dev.millrace.ingress.http;

import dev.millrace.event.Failure;
import dev.millrace.ingress.error.ErrorBody;
import dev.millrace.ingress.error.Refusals;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;

/** Errors that the framework finds, in the shape that all errors have here. */
@Singleton
final class FrameworkErrors implements ErrorResponseProcessor<byte[]> {

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final int SERVER_ERRORS = 500;

    @Override
    public MutableHttpResponse<byte[]> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        return response.body(ErrorBody.bytes(failure(context.getRequest(), response.code())))
                .contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    private static Failure failure(HttpRequest<?> request, int status) {
        String place = request.getMethodName() + " " + request.getPath();
        return switch (status) {
            case 404 -> invalid(status, "unknown_url", "Unknown request URL: " + place + ".");
            case 405 -> invalid(status, "method_not_allowed", "Not allowed: " + place + ".");
            case 406 -> invalid(status, "not_acceptable", "Nothing of what you accept can be given here.");
            case 413 -> Refusals.tooLarge("The body is too large.").failure();
            case 415 -> invalid(status, "unsupported_media_type", "The body must be of type application/json.");
            default ->
                status >= SERVER_ERRORS
                        ? Refusals.internal()
                        : invalid(status, "bad_request", "The request is not well formed.");
        };
    }

    private static Failure invalid(int status, String code, String message) {
        return Refusals.failure(status, INVALID_REQUEST, code, message, null, null);
    }
}
