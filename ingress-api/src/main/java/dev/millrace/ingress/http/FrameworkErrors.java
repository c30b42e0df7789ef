package dev.millrace.ingress.http;

import dev.millrace.event.Failure;
import dev.millrace.ingress.error.ErrorBody;
import dev.millrace.ingress.error.Refusals;
import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.micronaut.web.router.exceptions.UnsatisfiedBodyRouteException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Errors that the framework finds, in the shape that all errors have here. */
@Singleton
final class FrameworkErrors implements ErrorResponseProcessor<byte[]> {

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final int SERVER_ERRORS = 500;

    @Override
    public MutableHttpResponse<byte[]> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        Throwable broken = decoding(context.getRequest());
        if (broken != null) {
            status(broken).ifPresent(response::status);
            // Where the next request begins is not known any more, so the server closes the connection after this
            // answer.
            response.header(HttpHeaders.CONNECTION, "close");
        }
        return response.body(ErrorBody.bytes(failure(context, response.code())))
                .contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    /** Why a request's head could not be read. */
    private static @Nullable Throwable decoding(HttpRequest<?> request) {
        return request instanceof NettyHttpRequest<?> netty
                ? netty.getNativeRequest().decoderResult().cause()
                : null;
    }

    /** The framework takes a head that is too large for a body that is. */
    private static Optional<HttpStatus> status(Throwable cause) {
        if (cause instanceof RefusedHead head) {
            return Optional.of(head.status());
        }
        return cause instanceof TooLongHttpLineException
                ? Optional.of(HttpStatus.REQUEST_URI_TOO_LONG)
                : cause instanceof TooLongHttpHeaderException
                        ? Optional.of(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                        : Optional.empty();
    }

    private static Failure failure(ErrorContext context, int status) {
        Throwable cause = context.getRootCause().orElse(null);
        if (cause instanceof UnsatisfiedBodyRouteException) {
            return invalid(status, "invalid_json", "The body must be one JSON object.");
        }
        if (cause instanceof ConversionErrorException wrong) {
            String param = wrong.getArgument().getName();
            return Refusals.invalid(param, "invalid_value", "Invalid value for '" + param + "'.")
                    .failure();
        }
        HttpRequest<?> request = context.getRequest();
        String place = request.getMethodName() + " " + request.getPath();
        return switch (status) {
            case 404 -> invalid(status, "unknown_url", "Unknown request URL: " + place + ".");
            case 405 -> invalid(status, "method_not_allowed", "Not allowed: " + place + ".");
            case 406 -> invalid(status, "not_acceptable", "Nothing of what you accept can be given here.");
            case 413 -> Refusals.tooLarge("The body is too large.").failure();
            case 414 -> invalid(status, "url_too_long", "The request URL is too long.");
            case 417 -> invalid(status, "expectation_failed", "Nothing but '100-continue' can be expected here.");
            case 431 -> invalid(status, "headers_too_large", "The request's headers are too large.");
            case 415 -> invalid(status, "unsupported_media_type", "The body must be of type application/json.");
            case 505 -> invalid(status, "http_version_not_supported", "HTTP/1.1 and HTTP/1.0 are spoken here.");
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
