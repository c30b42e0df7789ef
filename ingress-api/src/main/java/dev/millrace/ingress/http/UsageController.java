package dev.millrace.ingress.http;

import dev.millrace.ingress.error.Refusals;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Usage: the billing service answers, and this is the one door to it. */
@Controller
final class UsageController {

    private static final Logger LOG = LoggerFactory.getLogger(UsageController.class);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final long RETRY_AFTER_MILLIS = 2000;

    private final BillingConfig config;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    UsageController(BillingConfig config) {
        this.config = config;
    }

    @Get(uris = {"/v1/usage", "/api/v1/usage"})
    CompletionStage<HttpResponse<?>> usage(HttpRequest<?> request) {
        if (config.url().isEmpty()) {
            return CompletableFuture.completedFuture(away());
        }
        String query = request.getUri().getRawQuery();
        URI target = URI.create(config.url()).resolve("/v1/usage" + (query == null ? "" : "?" + query));
        java.net.http.HttpRequest.Builder asked = java.net.http.HttpRequest.newBuilder(target)
                .timeout(Duration.ofMillis(config.timeoutMillis()))
                .header(Headers.TENANT, Visit.of(request).caller().tenant())
                .GET();
        String accept = request.getHeaders().get(HttpHeaders.ACCEPT);
        if (accept != null) {
            asked.header(HttpHeaders.ACCEPT, accept);
        }
        return client.sendAsync(asked.build(), BodyHandlers.ofByteArray()).handle((answer, error) -> {
            if (error != null) {
                LOG.warn("Billing does not answer: {}", error.toString());
                return away();
            }
            MutableHttpResponse<byte[]> forwarded = HttpResponse.status(answer.statusCode(), "")
                    .body(answer.body())
                    .header(
                            HttpHeaders.CONTENT_TYPE,
                            answer.headers()
                                    .firstValue(HttpHeaders.CONTENT_TYPE)
                                    .orElse(MediaType.APPLICATION_JSON));
            answer.headers()
                    .firstValue(HttpHeaders.RETRY_AFTER)
                    .ifPresent(pause -> forwarded.header(HttpHeaders.RETRY_AFTER, pause));
            return forwarded;
        });
    }

    private static HttpResponse<?> away() {
        return Answers.of(
                Refusals.unavailable(null, "usage_unavailable", "Usage cannot be read right now.", RETRY_AFTER_MILLIS)
                        .failure());
    }
}
