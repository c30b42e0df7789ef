package dev.millrace.ingress.http;

import dev.millrace.event.Failure;
import dev.millrace.ingress.error.ErrorBody;
import dev.millrace.ingress.reply.Reply;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.util.Set;

/** HTTP responses of what there is to say. */
final class Answers {

    private static final MediaType EVENT_STREAM = MediaType.of("text/event-stream; charset=utf-8");
    private static final int LOWEST_STATUS = 400;
    private static final int HIGHEST_STATUS = 599;
    private static final int UNAUTHORIZED = 401;
    private static final long SECOND_MILLIS = 1000;

    /** Trying these again would do the same harm again. */
    private static final Set<String> NOT_AGAIN = Set.of("worker_crashed", "insufficient_quota", "unreadable");

    private Answers() {}

    static MutableHttpResponse<?> of(Reply reply) {
        if (reply instanceof Reply.Streaming streaming) {
            return HttpResponse.ok(streaming.events())
                    .contentType(EVENT_STREAM)
                    .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                    .header("x-accel-buffering", "no");
        }
        if (reply instanceof Reply.Whole whole) {
            return HttpResponse.ok(whole.json()).contentType(MediaType.APPLICATION_JSON_TYPE);
        }
        return of(((Reply.Failing) reply).failure());
    }

    static MutableHttpResponse<?> of(Failure failure) {
        int status = failure.getStatus();
        boolean sane = status >= LOWEST_STATUS && status <= HIGHEST_STATUS;
        MutableHttpResponse<?> response = HttpResponse.status(sane ? status : 500, "")
                .body(ErrorBody.bytes(failure))
                .contentType(MediaType.APPLICATION_JSON_TYPE);
        Long retryAfterMillis = failure.getRetryAfterMillis();
        if (retryAfterMillis != null) {
            long seconds = Math.max(1, (retryAfterMillis + SECOND_MILLIS - 1) / SECOND_MILLIS);
            response.header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
            response.header(Headers.RETRY_AFTER_MILLIS, Long.toString(retryAfterMillis));
        }
        String code = failure.getCode();
        if (code != null && NOT_AGAIN.contains(code)) {
            response.header(Headers.SHOULD_RETRY, "false");
        }
        if (status == UNAUTHORIZED) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"millrace\"");
        }
        return response;
    }

    static boolean isStream(HttpResponse<?> response) {
        return response.getContentType()
                .filter(type -> type.getName().equals(EVENT_STREAM.getName()))
                .isPresent();
    }
}
