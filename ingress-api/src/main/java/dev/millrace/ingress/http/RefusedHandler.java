package dev.millrace.ingress.http;

import dev.millrace.ingress.error.RefusedException;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/** Turns a refusal into its response. */
@Singleton
final class RefusedHandler implements ExceptionHandler<RefusedException, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(HttpRequest request, RefusedException refused) {
        return Answers.of(refused.failure());
    }
}
