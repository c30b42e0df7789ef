package dev.millrace.ingress.http;

import dev.millrace.ingress.error.Refusals;
import dev.millrace.ingress.identity.Identity;
import dev.millrace.ingress.limit.BodyConfig;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.topic.Limits;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets in who has a key, as long as there is room, before a byte of the body is read. */
@ServerFilter({"/v1/**", "/api/v1/**"})
final class DoorFilter {

    private static final String BEARER = "bearer ";

    private static final Set<String> ENCODINGS = Set.of("", "identity", "gzip", "x-gzip", "deflate", "x-deflate");

    private final Identity identity;
    private final InFlight inFlight;
    private final BodyConfig body;

    DoorFilter(Identity identity, InFlight inFlight, BodyConfig body) {
        this.identity = identity;
        this.inFlight = inFlight;
        this.body = body;
    }

    @RequestFilter
    void enter(HttpRequest<?> request) {
        Visit visit = Visit.of(request);
        if (request.getMethod() == HttpMethod.POST) {
            visit.wantsAnswer();
        }
        String key = credential(request)
                .orElseThrow(() -> Refusals.unauthenticated(
                        "You didn't provide an API key. Send it as 'Authorization: Bearer YOUR_KEY'."));
        visit.identified(
                identity.identify(key).orElseThrow(() -> Refusals.unauthenticated("Incorrect API key provided.")));
        if (request.getMethod() == HttpMethod.POST) {
            long bytes = request.getContentLength();
            if (bytes > Limits.MAX_BODY_BYTES) {
                throw Refusals.tooLarge("The body is larger than " + Limits.MAX_BODY_BYTES + " bytes.");
            }
            requireKnownEncoding(request.getHeaders().get(HttpHeaders.CONTENT_ENCODING));
            // A body that does not tell its length may be the largest, until it is there.
            visit.enter(inFlight.enter(bytes < 0 ? Limits.MAX_BODY_BYTES : bytes));
            visit.awaitBody(body.timeoutMillis());
        }
    }

    /** Any other would be read as if it were plain. */
    private static void requireKnownEncoding(@Nullable String encoding) {
        if (encoding != null && !ENCODINGS.contains(encoding.strip().toLowerCase(Locale.ROOT))) {
            throw Refusals.unsupportedEncoding();
        }
    }

    private static Optional<String> credential(HttpRequest<?> request) {
        return Optional.ofNullable(request.getHeaders().get(HttpHeaders.AUTHORIZATION))
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).trim())
                .filter(key -> !key.isEmpty());
    }
}
