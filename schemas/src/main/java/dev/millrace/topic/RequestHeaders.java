package dev.millrace.topic;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Record headers that tell whose a record is, so that even an unreadable request can be closed with an error. */
public final class RequestHeaders {

    public static final String REQUEST_ID = "millrace-request-id";
    public static final String REPLY_PARTITION = "millrace-reply-partition";
    public static final String TENANT = "millrace-tenant";
    public static final String USER = "millrace-user";
    public static final String KEY_ID = "millrace-key-id";

    private RequestHeaders() {}

    public static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    public static Optional<String> get(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }
}
