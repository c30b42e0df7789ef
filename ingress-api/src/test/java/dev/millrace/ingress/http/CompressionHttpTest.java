package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.millrace.ingress.reply.FakeReplyLog.Replies;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers are compressed where the operator wants that, and for those who accept it. */
class CompressionHttpTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String STREAM =
            "{\"model\":\"echo\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";

    private final Door door = new Door(Map.of("micronaut.server.netty.compression-threshold", 100));

    @AfterEach
    void close() {
        door.close();
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request) throws Exception {
        return door.client()
                .send(request.header("Accept-Encoding", "gzip").build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    @Test
    void aWholeAnswerIsCompressed() throws Exception {
        HttpResponse<InputStream> models = send(door.request("/v1/models").GET());
        assertThat(models.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(new GZIPInputStream(models.body()).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .contains("\"able\"");
    }

    @Test
    void anEventOfAStreamDoesNotWaitForTheNext() throws Exception {
        CompletableFuture<HttpResponse<InputStream>> answer = door.client()
                .sendAsync(
                        door.request(Door.CHAT)
                                .header("Accept-Encoding", "gzip")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(STREAM))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        await().atMost(SOON).until(() -> !door.requests.published.isEmpty());
        String id = door.requests.published.get(0).getRequestId();
        door.replies.started(id);
        door.replies.say(id, Replies.chunk(id, 0, "first"));

        HttpResponse<InputStream> response = answer.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
        InputStream events = new GZIPInputStream(response.body());
        assertThat(assertTimeoutPreemptively(SOON, () -> Door.readUntil(events, "first")))
                .startsWith("data: {");
        door.replies.say(id, Replies.end(id, 1, "stop"));
        door.replies.say(id, Replies.finished(id, 2, 1));
        assertThat(events.readAllBytes()).asString(StandardCharsets.UTF_8).endsWith("data: [DONE]\n\n");
    }
}
