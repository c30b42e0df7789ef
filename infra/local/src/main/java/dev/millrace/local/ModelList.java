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

/** The models that the API says it has, and those that workers say they will never have. */
final class ModelList {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");
    private static final Duration ASK_LIMIT = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 100;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(ASK_LIMIT).build();
    private final HttpRequest models;
    private final List<HttpRequest> workers;

    /** @param workers where each worker listens for its operators */
    ModelList(String apiUrl, String key, List<String> workers) {
        this.models = request(apiUrl + "/v1/models")
                .header("Authorization", "Bearer " + key)
                .build();
        this.workers =
                workers.stream().map(url -> request(url + "/health").build()).toList();
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(ASK_LIMIT);
    }

    /** Those that are not served, once all others are and no worker can be waited for any more, or after the limit. */
    List<String> awaitAll(List<String> wanted, Duration limit) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        List<String> missing = missing(wanted);
        while (!missing.isEmpty() && System.nanoTime() - deadlineNanos < 0 && !haveFailed(missing)) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            missing = missing(wanted);
        }
        return missing;
    }

    private List<String> missing(List<String> wanted) throws InterruptedException {
        List<String> served = ID.matcher(ask(models))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        return wanted.stream().filter(model -> !served.contains(model)).toList();
    }

    /** A worker that does not answer is about to. */
    private boolean haveFailed(List<String> missing) throws InterruptedException {
        for (HttpRequest worker : workers) {
            String health = ask(worker);
            if (!missing.stream().allMatch(model -> health.contains(model + ": failed"))) {
                return false;
            }
        }
        return true;
    }

    private String ask(HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        }
    }
}
