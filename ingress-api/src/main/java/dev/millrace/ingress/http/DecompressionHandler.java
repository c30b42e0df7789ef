package dev.millrace.ingress.http;

import dev.millrace.ingress.error.Refusals;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.netty.handler.codec.compression.DecompressionException;
import jakarta.inject.Singleton;

/** A body that is not compressed as it says is its sender's fault. */
@Singleton
final class DecompressionHandler implements ExceptionHandler<DecompressionException, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(HttpRequest request, DecompressionException broken) {
        return Answers.of(Refusals.invalid(null, "invalid_encoding", "The body is not what its content-encoding says.")
                .failure());
    }
}
