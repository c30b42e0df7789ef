package dev.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.LocalStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A client that asks {@code echo} for long streams, as plain HTTP. */
final class EchoStream {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What came of a request: the lines as they came, and whether the connection held to the end. */
    record Outcome(int status, List<String> lines, boolean broken) {

        List<JsonNode> events() {
            return read().toList();
        }

        /** Each only when it is asked for: there are many. */
        private Stream<JsonNode> read() {
            return lines.stream()
                    .filter(line -> line.startsWith("data: {"))
                    .map(line -> EchoStream.read(line.substring("data: ".length())));
        }

        String text() {
            return read().map(event -> event.path("choices")
                            .path(0)
                            .path("delta")
                            .path("content")
                            .asText(""))
                    .collect(Collectors.joining());
        }

        String id() {
            return read().findFirst().orElseThrow().path("id").asText().replace("chatcmpl-", "");
        }

        boolean isWhole() {
            return !broken && lines.contains("data: [DONE]");
        }
    }

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private final LocalStack stack;

    EchoStream(LocalStack stack) {
        this.stack = stack;
    }

    /** As many words as tokens, told apart by the number. */
    static String words(int number, int tokens) {
        return IntStream.range(0, tokens)
                .mapToObj(token -> "w" + number + "x" + token)
                .collect(Collectors.joining(" "));
    }

    CompletableFuture<Outcome> ask(int number, int tokens, int tokenMillis) {
        Map<String, Object> body = Map.of(
                "model",
                "echo",
                "stream",
                true,
                "stream_options",
                Map.of("include_usage", true),
                "messages",
                List.of(Map.of("role", "user", "content", words(number, tokens))),
                "metadata",
                Map.of("echo.token_millis", Integer.toString(tokenMillis)));
        HttpRequest request = request("/v1/chat/completions")
                .POST(BodyPublishers.ofString(JSON.valueToTree(body).toString()))
                .build();
        List<String> lines = new ArrayList<>();
        return client.sendAsync(request, BodyHandlers.ofLines())
                .thenApplyAsync(response -> {
                    try {
                        response.body().forEach(lines::add);
                        return new Outcome(response.statusCode(), lines, false);
                    } catch (java.io.UncheckedIOException e) {
                        return new Outcome(response.statusCode(), lines, true);
                    }
                })
                .exceptionally(failure -> new Outcome(0, lines, true));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(stack.apiUrl() + path))
                .timeout(Duration.ofMinutes(3))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + stack.key());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }
}
