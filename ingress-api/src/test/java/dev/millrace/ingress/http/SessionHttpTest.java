package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.event.Failure;
import dev.millrace.event.InferenceRequested;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.reply.FakeReplyLog.Replies;
import dev.millrace.session.SessionKey;
import dev.millrace.session.SessionStore;
import dev.millrace.session.TurnEnd;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionHttpTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final SessionKey KEY = new SessionKey("development", "developer", "s");

    private Door door;
    private SessionStore store;

    @BeforeEach
    void open() {
        door = new Door(Map.of("millrace.turn.wait-millis", 2000));
        store = door.bean(SessionStore.class);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private static String body(String text) {
        return "{\"model\":\"echo\",\"session_id\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text
                + "\"}]}";
    }

    private CompletableFuture<HttpResponse<String>> begin(String text) {
        return door.client()
                .sendAsync(
                        door.request(Door.CHAT)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body(text)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private InferenceRequested published(int at) {
        await().atMost(SOON).until(() -> door.requests.published.size() > at);
        return door.requests.published.get(at);
    }

    @Test
    void whatWasSaidBeforeGoesInFrontAndTurnsRunOneAfterAnother() {
        CompletableFuture<HttpResponse<String>> first = begin("one");
        InferenceRequested firstRequest = published(0);
        CompletableFuture<HttpResponse<String>> second = begin("two");
        assertThat(second).isNotDone();
        door.replies.answer(firstRequest.getRequestId(), "ONE");
        assertThat(first.join().statusCode()).isEqualTo(200);

        InferenceRequested secondRequest = published(1);
        assertThat(secondRequest.getPrompt())
                .isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":\"one\"},"
                        + "{\"role\":\"assistant\",\"content\":\"ONE\"},{\"role\":\"user\",\"content\":\"two\"}]}");
        assertThat(secondRequest.getFacts().getSessionId()).isEqualTo("s");
        door.replies.answer(secondRequest.getRequestId(), "TWO");
        assertThat(second.join().statusCode()).isEqualTo(200);
        await().atMost(SOON).until(() -> store.context(KEY).size() == 4);
        assertThat(store.read(KEY).tokenCount()).isEqualTo(6);
    }

    @Test
    void whoWaitsTooLongIsToldAndLeavesTheLine() throws Exception {
        begin("one");
        published(0);
        HttpResponse<String> waited = door.post(Door.CHAT, body("two"));
        assertThat(waited.statusCode()).as(waited.body()).isEqualTo(409);
        assertThat(waited.body()).contains("\"code\":\"session_busy\"").contains("\"param\":\"session_id\"");
        assertThat(door.requests.published).hasSize(1);
    }

    @Test
    void aTurnThatFailedLeavesNothing() throws Exception {
        door.requests.onPublish = request -> {
            door.replies.started(request.getRequestId());
            door.replies.say(
                    request.getRequestId(),
                    Replies.failed(
                            request.getRequestId(),
                            0,
                            0,
                            new Failure(500, "server_error", "worker_crashed", "x", null, null)));
        };
        HttpResponse<String> failed = door.post(Door.CHAT, body("one"));
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.headers().firstValue("x-should-retry")).contains("false");
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "TWO");
        assertThat(door.post(Door.CHAT, body("two")).statusCode()).isEqualTo(200);
        assertThat(published(1).getPrompt()).doesNotContain("one");
    }

    @Test
    void aToolsAnswerBelongsToACallOfTheSession() throws Exception {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "ONE");
        String call = "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\","
                + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}";
        store.begin(KEY, "r", List.of("{\"role\":\"user\",\"content\":\"one\"}"));
        store.end(KEY, "r", new TurnEnd.Answered(List.of(call), 5));
        String answer = body("one")
                .replace("echo", "able")
                .replace("\"role\":\"user\"", "\"role\":\"tool\",\"tool_call_id\":\"call_2\"");

        HttpResponse<String> stray = door.post(Door.CHAT, answer);
        assertThat(stray.statusCode()).as(stray.body()).isEqualTo(400);
        assertThat(stray.body()).contains("\"param\":\"messages[0].tool_call_id\"");
        assertThat(door.requests.published).isEmpty();

        assertThat(door.post(Door.CHAT, answer.replace("call_2", "call_1")).statusCode())
                .isEqualTo(200);
        assertThat(published(0).getPrompt()).contains("call_1").doesNotContain("call_2");
    }

    @Test
    void anotherUsersSessionIsNotOpened() throws Exception {
        store.begin(new SessionKey("development", "somebody else", "s"), "r", List.of("{}"));
        HttpResponse<String> response = door.post(Door.CHAT, body("one"));
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("\"param\":\"session_id\"");
    }

    @Test
    void nobodysSessionsAreAListToo() throws Exception {
        try (Door empty = new Door()) {
            assertThat(empty.get("/v1/sessions").body()).isEqualTo("{\"object\":\"list\",\"data\":[]}");
        }
    }

    @Test
    void sessionsAreShownListedAndForgotten() throws Exception {
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "ONE");
        door.post(Door.CHAT, body("one"));
        assertThat(door.get("/v1/sessions/s").body())
                .as("whoever has the answer finds its turn")
                .contains("\"id\":\"s\"", "\"message_count\":2", "\"token_count\":6", "\"status\":\"idle\"");
        assertThat(door.get("/v1/sessions").body()).contains("\"id\":\"s\"");
        assertThat(door.get("/v1/sessions?limit=0").statusCode()).isEqualTo(400);
        HttpResponse<String> senseless = door.get("/v1/sessions?limit=many");
        assertThat(senseless.statusCode()).isEqualTo(400);
        assertThat(senseless.body()).contains("\"param\":\"limit\"");
        HttpResponse<String> mistyped = door.get("/v1/sessions?limt=5");
        assertThat(mistyped.statusCode()).isEqualTo(400);
        assertThat(mistyped.body()).contains("\"param\":\"limt\"", "\"unknown_parameter\"");
        assertThat(door.send(door.request("/v1/sessions/s").DELETE()).body()).contains("\"deleted\":true");
        assertThat(door.get("/v1/sessions/s").statusCode()).isEqualTo(404);
    }

    @Test
    void aSessionIsFoundAndForgottenUnderAnyIdThatAPathCanHold() throws Exception {
        for (String path : List.of(
                "john+tag@example.org", "a&b", "a;b", "a(b)!", "a:b=c,d'$*~", "a/b", "a%2Fb", "a%20b", "%E4%B8%AD")) {
            String id = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
            store.begin(new SessionKey("development", "developer", id), "r", List.of("{}"));
            for (String base : List.of("/v1", "/api/v1")) {
                HttpResponse<String> read = door.get(base + "/sessions/" + path);
                assertThat(read.statusCode()).as(path + " " + read.body()).isEqualTo(200);
                assertThat(read.body()).contains("\"id\":\"" + id + "\"");
            }
            assertThat(door.send(door.request("/v1/sessions/" + path).DELETE()).body())
                    .contains("\"id\":\"" + id + "\"", "\"deleted\":true");
        }
        assertThat(door.get("/v1/sessions").body()).contains("\"data\":[]");
    }

    @Test
    void aStreamThatThereIsNoRoomToKeepGoesOnAndLeavesItsTurnToTheLog() throws Exception {
        try (Door narrow = new Door(Map.of("millrace.limit.max-answer-bytes-in-flight", 250))) {
            narrow.requests.onPublish = request -> narrow.replies.answer(request.getRequestId(), "ONE", "TWO", "THREE");
            String streamed = body("one").replace("{\"model\"", "{\"stream\":true,\"model\"");
            assertThat(narrow.post(Door.CHAT, streamed).body())
                    .contains("ONE", "TWO", "THREE")
                    .endsWith("data: [DONE]\n\n");
            assertThat(narrow.requests.cancelled).isEmpty();
            assertThat(narrow.get("/v1/sessions/s").body()).contains("\"status\":\"busy\"");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(narrow.bean(InFlight.class).answerBytes())
                            .isZero());
        }
    }

    @Test
    void anAnswerWaitsForItsTurnToBeKeptButNotForLong() throws Exception {
        try (Door slow = new Door(Map.of("test.sessions", "slow", "millrace.reply.last-word-millis", 60_000));
                Door stuck = new Door(Map.of("test.sessions", "stuck"))) {
            for (Door either : List.of(slow, stuck)) {
                either.requests.onPublish = request -> either.replies.answer(request.getRequestId(), "ONE");
                String streamed = body("one").replace("{\"model\"", "{\"stream\":true,\"model\"");
                assertThat(either.post(Door.CHAT, streamed).body())
                        .contains("ONE")
                        .endsWith("data: [DONE]\n\n");
            }
            assertThat(slow.get("/v1/sessions/s").body()).contains("\"message_count\":2", "\"status\":\"idle\"");
            assertThat(stuck.get("/v1/sessions/s").body()).contains("\"status\":\"busy\"");
        }
    }
}
