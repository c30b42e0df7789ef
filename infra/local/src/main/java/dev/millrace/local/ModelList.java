package dev.millrace.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The models that the API says it has. */
final class ModelList {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");
    private static final Duration ASK_LIMIT = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 100;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(ASK_LIMIT).build();
    private final HttpRequest request;

    ModelList(String apiUrl, String key) {
        this.request = HttpRequest.newBuilder(URI.create(apiUrl + "/v1/models"))
                .header("Authorization", "Bearer " + key)
                .timeout(ASK_LIMIT)
                .build();
    }

    /** Returns when all of these are served, or after the limit, with those that are not. */
    List<String> awaitAll(List<String> models, Duration limit) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        List<String> missing = missing(models);
        while (!missing.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            missing = missing(models);
        }
        return missing;
    }

    private List<String> missing(List<String> models) throws InterruptedException {
        List<String> served = served();
        return models.stream().filter(model -> !served.contains(model)).toList();
    }

    private List<String> served() throws InterruptedException {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return ID.matcher(response.body())
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
