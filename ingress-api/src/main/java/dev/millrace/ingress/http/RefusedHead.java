package dev.millrace.ingress.http;

import io.micronaut.http.HttpStatus;

/** What is wrong with a request's head that the decoder has nothing against. Expected, so it carries no stack. */
final class RefusedHead extends Exception {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    RefusedHead(HttpStatus status, String fault) {
        super(fault, null, false, false);
        this.status = status;
    }

    HttpStatus status() {
        return status;
    }
}
