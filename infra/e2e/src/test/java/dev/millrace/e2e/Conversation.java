package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A session with {@code echo}, whose prompt has a token for each word of the conversation. */
final class Conversation {

    private static final int TOKEN_MILLIS = 150;
    private static final int BEGUN_EVENTS = 4;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String session = "s-" + UUID.randomUUID();
    private final EchoStream client;

    Conversation(EchoStream client) {
        this.client = client;
    }

    /** A slow turn whose first words have come; closing it is leaving. */
    BufferedReader beginTurn(String text) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(request(text, true, TOKEN_MILLIS), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        int events = 0;
        while (events < BEGUN_EVENTS) {
            events += lines.readLine().startsWith("data: ") ? 1 : 0;
        }
        return lines;
    }

    /** Takes a whole turn; how many words the prompt had. */
    int promptWords(String text) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request(text, false, 0));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = EchoStream.read(response.body());
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo(text);
        return answer.at("/usage/prompt_tokens").asInt();
    }

    private HttpRequest request(String text, boolean stream, int tokenMillis) {
        String body = """
                {"model": "echo", "session_id": "%s", "stream": %s, "metadata": {"echo.token_millis": "%d"},
                 "messages": [{"role": "user", "content": "%s"}]}""".formatted(session, stream, tokenMillis, text);
        return client.request("/v1/chat/completions")
                .POST(BodyPublishers.ofString(body))
                .build();
    }
}
