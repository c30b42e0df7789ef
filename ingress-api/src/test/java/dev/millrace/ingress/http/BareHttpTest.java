package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.Failure;
import dev.millrace.event.InferenceRequested;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.reply.FakeReplyLog.Replies;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The doors for bare texts: their vectors, and what comes after them. */
class BareHttpTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String EMBEDDINGS = "/v1/embeddings";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String TWO = "{\"model\":\"able\",\"input\":[\"a\",\"b\"]}";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Door door = new Door();

    @BeforeEach
    void answer() {
        door.requests.onPublish = request -> {
            switch (request.getFacts().getKind()) {
                case EMBEDDING -> vectors(door, request);
                default -> door.replies.answer(request.getRequestId(), "Hello ", "you");
            }
        };
    }

    /** Room is given back when a client has everything, which it may know a moment earlier. */
    @AfterEach
    void close() {
        InFlight inFlight = door.bean(InFlight.class);
        await().atMost(SOON).untilAsserted(() -> assertThat(inFlight.requests()).isZero());
        assertThat(inFlight.bodyBytes()).isZero();
        assertThat(inFlight.answerBytes()).isZero();
        door.close();
    }

    /** Vectors come as they are ready, which need not be in order. */
    private static void vectors(Door door, InferenceRequested request) {
        String id = request.getRequestId();
        door.replies.started(id);
        for (int i = 0; i < 2; i++) {
            int index = 1 - i;
            door.replies.say(
                    id,
                    Replies.chunk(id, i)
                            .setChoice(index)
                            .setEmbedding(vector(index + 0.5f, -1e-5f))
                            .setFinishReason("stop")
                            .build());
        }
        door.replies.say(id, Replies.finished(id, 2, 0));
    }

    private static ByteBuffer vector(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return bytes.flip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/embeddings", "/api/v1/embeddings"})
    void vectorsAreNumbersInTheOrderOfTheirTexts(String path) throws Exception {
        HttpResponse<String> response = door.post(path, TWO);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.headers().firstValue("x-request-id")).isPresent();
        assertThat(response.body())
                .isEqualTo("{\"object\":\"list\",\"data\":["
                        + "{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-1.0E-5]},"
                        + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[1.5,-1.0E-5]}],"
                        + "\"model\":\"able\",\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}");
    }

    @Test
    void vectorsAreTheirBytesWhereThatIsAskedFor() throws Exception {
        HttpResponse<String> response =
                door.post(EMBEDDINGS, "{\"model\":\"able\",\"input\":[\"a\",\"b\"],\"encoding_format\":\"base64\"}");
        JsonNode data = JSON.readTree(response.body()).path("data");
        assertThat(data).hasSize(2);
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(data.path(1).path("embedding").asText()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.remaining()).isEqualTo(8);
        assertThat(bytes.getFloat()).isEqualTo(1.5f);
        assertThat(bytes.getFloat()).isEqualTo(-1e-5f);
    }

    @Test
    void moreThanThereIsRoomForIsNotGathered() throws Exception {
        try (Door narrow = new Door(Map.of("millrace.limit.max-answer-bytes-in-flight", 150))) {
            narrow.requests.onPublish = request -> vectors(narrow, request);
            HttpResponse<String> response = narrow.post(EMBEDDINGS, TWO);
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).isPresent();
            assertThat(narrow.requests.cancelled).singleElement().satisfies(cancel -> assertThat(cancel.cause())
                    .isEqualTo("too_much"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(narrow.bean(InFlight.class).answerBytes())
                            .isZero());
        }
    }

    @Test
    void whatTheWorkerRefusesIsARealStatus() throws Exception {
        door.requests.onPublish = request -> {
            String id = request.getRequestId();
            door.replies.started(id);
            Failure failure =
                    new Failure(400, "invalid_request_error", "context_length_exceeded", "Too long.", "input", null);
            door.replies.say(id, Replies.failed(id, 0, 0, failure));
        };
        HttpResponse<String> response = door.post(EMBEDDINGS, TWO);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(response.body()).at("/error/code").asText()).isEqualTo("context_length_exceeded");
        assertThat(JSON.readTree(response.body()).at("/error/param").asText()).isEqualTo("input");
    }

    @Test
    void whatIsRefusedHereIsNotPublished() throws Exception {
        List<HttpResponse<String>> refused = List.of(
                door.post(EMBEDDINGS, "{\"model\":\"none\",\"input\":\"a\"}"),
                door.post(EMBEDDINGS, "{\"model\":\"echo\",\"input\":\"a\"}"),
                door.post(EMBEDDINGS, "{\"model\":\"able\",\"input\":\"\"}"),
                door.post(COMPLETIONS, "{\"model\":\"none\",\"prompt\":\"a\"}"),
                door.post(COMPLETIONS, "{\"model\":\"able\",\"prompt\":\"a\",\"suffix\":\"z\"}"));
        assertThat(refused).extracting(HttpResponse::statusCode).containsExactly(404, 400, 400, 404, 400);
        assertThat(refused)
                .extracting(response ->
                        JSON.readTree(response.body()).at("/error/param").asText())
                .containsExactly("model", "model", "input", "model", "suffix");
        assertThat(door.requests.published).isEmpty();
        assertThat(door.get(EMBEDDINGS).statusCode()).isEqualTo(405);
        assertThat(door.get(COMPLETIONS).statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/completions", "/api/v1/completions"})
    void aCompletionHasTheShapeThatClientsKnow(String path) throws Exception {
        HttpResponse<String> response = door.post(path, "{\"model\":\"able\",\"prompt\":\"Say hello\"}");
        String id = response.headers().firstValue("x-request-id").orElseThrow();
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body())
                .startsWith("{\"id\":\"cmpl-" + id + "\",\"object\":\"text_completion\",\"created\":")
                .contains("\"model\":\"able\",\"choices\":[{\"text\":\"Hello you\",\"index\":0,\"logprobs\":null,"
                        + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,");
    }

    @Test
    void aCompletionsStreamIsExactlyItsEvents() throws Exception {
        HttpResponse<String> response = door.post(
                COMPLETIONS,
                "{\"model\":\"able\",\"prompt\":\"Say hello\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        List<String> events = List.of(response.body().split("\n\n"));
        assertThat(events).hasSize(5).allMatch(event -> event.startsWith("data: ") && !event.contains("\n"));
        assertThat(events.get(0)).contains("\"choices\":[{\"text\":\"Hello \",\"index\":0,");
        assertThat(events.get(1)).contains("\"choices\":[{\"text\":\"you\",\"index\":0,");
        assertThat(events.get(2)).contains("\"text\":\"\"").contains("\"finish_reason\":\"stop\"");
        assertThat(events.get(3)).contains("\"choices\":[],\"usage\":{\"prompt_tokens\":5,");
        assertThat(events.get(4)).isEqualTo("data: [DONE]");
    }
}
