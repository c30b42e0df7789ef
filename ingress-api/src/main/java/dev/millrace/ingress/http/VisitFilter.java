package dev.millrace.ingress.http;

import dev.millrace.ingress.error.ErrorBody;
import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.meter.IngressMeter;
import dev.millrace.ingress.reply.Ticker;
import dev.millrace.service.Meters;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Filter;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Gives every request a name and every answer the headers that all have. */
@ServerFilter(Filter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE) // before the framework's own, which turns some away
final class VisitFilter {

    private static final String PREFIX = "req_";

    private final Ticker ticker;
    private final RandomGenerator random;
    private final Meters<IngressMeter> meters;

    VisitFilter(Ticker ticker, RandomGenerator random, Meters<IngressMeter> meters) {
        this.ticker = ticker;
        this.random = random;
        this.meters = meters;
    }

    @RequestFilter
    void begin(HttpRequest<?> request) {
        String id = PREFIX + HexFormat.of().toHexDigits(random.nextLong());
        Visit.begin(request, id, ticker.nanos());
    }

    @ResponseFilter
    void end(HttpRequest<?> request, MutableHttpResponse<?> response) {
        if (response.code() == HttpStatus.FORBIDDEN.getCode() && response.body() == null) {
            explain(request.getOrigin().orElse("unknown"), response);
        }
        if (response.body() != null && response.getContentType().isEmpty()) {
            // The framework would give the type in the client's words, with their charset and weight.
            response.contentType(MediaType.APPLICATION_JSON_TYPE);
        }
        Visit.find(request).ifPresent(visit -> {
            response.header(Headers.REQUEST_ID, visit.id());
            response.header(
                    Headers.PROCESSING_MILLIS,
                    Long.toString(TimeUnit.NANOSECONDS.toMillis(ticker.nanos() - visit.arrivedNanos())));
            if (visit.isTurnedAway()) {
                meters.count(IngressMeter.REQUESTS, 1, "none", "unknown", Integer.toString(response.code()));
            }
            if (!Answers.isStream(response)) {
                visit.releaseSlot();
            }
        });
    }

    /** The framework turns pages of other origins away without a word. */
    private static void explain(String origin, MutableHttpResponse<?> response) {
        response.body(ErrorBody.bytes(Refusals.strangeOrigin(origin).failure()))
                .contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
