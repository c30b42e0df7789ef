package dev.millrace.ingress.http;

/** Headers that are no standard ones. */
final class Headers {

    static final String REQUEST_ID = "x-request-id";
    static final String PROCESSING_MILLIS = "openai-processing-ms";
    static final String RETRY_AFTER_MILLIS = "retry-after-ms";
    static final String SHOULD_RETRY = "x-should-retry";
    static final String TENANT = "X-Millrace-Tenant";
    static final String TRACE_PARENT = "traceparent";

    private Headers() {}
}
