package dev.millrace.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.Capability;
import dev.millrace.ingress.identity.IdentityConfig;
import dev.millrace.ingress.limit.InFlight;
import dev.millrace.ingress.model.FakeRules;
import dev.millrace.ingress.model.Models;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statuses, bodies and headers of what is turned away, and of models and meters. */
class ErrorsHttpTest {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]";
    private static final String GOOD = "{\"model\":\"echo\"," + MESSAGES + "}";
    private static final int TOO_LARGE = (8 << 20) + 1;

    private static Door door;

    @BeforeAll
    static void open() throws Exception {
        door = new Door(Map.of("millrace.limit.max-in-flight", 50));
        door.requests.onPublish = request -> door.replies.answer(request.getRequestId(), "Hello ", "you");
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @AfterEach
    void allRoomIsGivenBack() {
        assertThat(door.bean(InFlight.class).requests()).isZero();
        assertThat(door.bean(InFlight.class).bodyBytes()).isZero();
    }

    private static HttpRequest.Builder chat(HttpRequest.BodyPublisher body) {
        return door.request(Door.CHAT)
                .header("Content-Type", "application/json")
                .POST(body);
    }

    static void assertError(HttpResponse<String> response, int status, String code, @Nullable String param)
            throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = new ObjectMapper().readTree(response.body()).path("error");
        assertThat(error.fieldNames()).toIterable().containsExactly("message", "type", "param", "code");
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("code").textValue()).isEqualTo(code);
        assertThat(error.path("param").textValue()).isEqualTo(param);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.headers().firstValue("x-request-id")).isPresent();
        assertThat(response.headers().firstValue("openai-processing-ms")).isPresent();
    }

    @Test
    void strangersAreToldSo() throws Exception {
        for (String key : new String[] {"", "Bearer ", "Bearer sk-wrong-0123456789", "Basic " + Door.KEY, Door.KEY}) {
            HttpRequest.Builder request = HttpRequest.newBuilder(door.uri(Door.CHAT))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(GOOD));
            if (!key.isEmpty()) {
                request.header("Authorization", key);
            }
            HttpResponse<String> response = door.send(request);
            assertError(response, 401, "invalid_api_key", null);
            assertThat(response.headers().firstValue("www-authenticate")).isPresent();
            assertThat(response.body()).doesNotContain("sk-wrong");
        }
    }

    @Test
    void whatIsNotThereIsNotThere() throws Exception {
        assertError(door.get("/v1/nothing"), 404, "unknown_url", null);
        assertError(door.get("/nothing"), 404, "unknown_url", null);
        assertError(door.get("/v1/models/none"), 404, "model_not_found", "model");
        assertError(door.post(Door.CHAT, "{\"model\":\"none\"," + MESSAGES + "}"), 404, "model_not_found", "model");
    }

    @Test
    void theWrongMethodIsToldTheRightOnes() throws Exception {
        HttpResponse<String> response = door.get(Door.CHAT);
        assertError(response, 405, "method_not_allowed", null);
        assertThat(response.headers().firstValue("allow")).contains("POST");
        assertError(door.post("/v1/models", "{}"), 405, "method_not_allowed", null);
    }

    @Test
    void onlyJsonIsTaken() throws Exception {
        assertError(
                door.send(door.request(Door.CHAT)
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(GOOD))),
                415,
                "unsupported_media_type",
                null);
        assertThat(door.send(door.request(Door.CHAT)
                                .header("Content-Type", "application/json; charset=utf-8")
                                .POST(BodyPublishers.ofString(GOOD)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWhetherItTellsItsLengthOrNot() throws Exception {
        assertError(door.send(chat(BodyPublishers.ofString("x".repeat(TOO_LARGE)))), 413, "request_too_large", null);
        assertError(
                door.send(chat(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[TOO_LARGE])))),
                413,
                "request_too_large",
                null);
        String large =
                "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(7 << 20) + "\"}]}";
        assertThat(door.send(chat(BodyPublishers.ofString(large))).statusCode()).isEqualTo(200);
    }

    @Test
    void badBodiesAreNamed() throws Exception {
        assertError(door.post(Door.CHAT, "{"), 400, "invalid_json", null);
        assertError(
                door.post(Door.CHAT, "{\"model\":\"echo\",\"messages\":[]}"),
                400,
                "array_below_min_length",
                "messages");
        assertError(
                door.post(Door.CHAT, "{\"model\":\"echo\",\"frob\":1," + MESSAGES + "}"),
                400,
                "unknown_parameter",
                "frob");
        assertError(door.post(Door.CHAT, ""), 400, "invalid_json", null);
        assertError(door.post("/v1/embeddings", ""), 400, "invalid_json", null);
        assertError(door.post("/v1/completions", ""), 400, "invalid_json", null);
        assertThat(door.send(chat(BodyPublishers.ofByteArray(new byte[] {'"', (byte) 0xff, '"'})))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aPageOfAnotherOriginIsToldWhyItIsTurnedAway() throws Exception {
        HttpResponse<String> response =
                door.send(door.request("/v1/models").header("Origin", "http://elsewhere.example"));
        assertError(response, 403, "origin_not_allowed", null);
        assertThat(response.body()).contains("http://elsewhere.example", "micronaut.server.cors");
    }

    @Test
    void originsCanBeAllowed() throws Exception {
        try (Door open = new Door(Map.of(
                "micronaut.server.cors.enabled",
                true,
                "micronaut.server.cors.configurations.web.allowed-origins",
                List.of("http://elsewhere.example")))) {
            HttpResponse<String> preflight = open.send(HttpRequest.newBuilder(open.uri(Door.CHAT))
                    .method("OPTIONS", BodyPublishers.noBody())
                    .header("Origin", "http://elsewhere.example")
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "authorization,content-type"));
            assertThat(preflight.statusCode()).isEqualTo(200);
            assertThat(preflight.headers().firstValue("access-control-allow-origin"))
                    .contains("http://elsewhere.example");
            HttpResponse<String> stranger = open.send(
                    HttpRequest.newBuilder(open.uri("/v1/models")).header("Origin", "http://elsewhere.example"));
            assertError(stranger, 401, "invalid_api_key", null);
            assertThat(stranger.headers().firstValue("access-control-allow-origin"))
                    .contains("http://elsewhere.example");
        }
    }

    @Test
    void headersHaveALimit() throws Exception {
        HttpResponse<String> response =
                door.send(chat(BodyPublishers.ofString(GOOD)).header("X-Long", "x".repeat(40_000)));
        assertThat(response.statusCode()).isEqualTo(431);
        assertThat(response.body()).contains("headers_too_large");
        assertThat(response.headers().firstValue("connection")).contains("close");
    }

    @Test
    void addressesHaveALimit() throws Exception {
        HttpResponse<String> response = door.get("/v1/models?" + "x".repeat(10_000));
        assertThat(response.statusCode()).isEqualTo(414);
        assertThat(response.body()).contains("url_too_long");
        assertThat(response.headers().firstValue("connection")).contains("close");
    }

    @Test
    void compressedBodiesAreReadAndBrokenOnesRefused() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }
        byte[] good = packed.toByteArray();
        byte[] broken = good.clone();
        broken[broken.length / 2] ^= 0x55;

        assertThat(compressed("gzip", good).statusCode()).isEqualTo(200);
        assertError(compressed("gzip", GOOD.getBytes(StandardCharsets.UTF_8)), 400, "invalid_encoding", null);
        assertError(compressed("gzip", broken), 400, "invalid_encoding", null);
        assertError(compressed("br", good), 415, "unsupported_media_type", null);
        assertError(compressed("gzip, gzip", good), 415, "unsupported_media_type", null);
        assertThat(compressed("identity", GOOD.getBytes(StandardCharsets.UTF_8)).statusCode())
                .isEqualTo(200);
    }

    private static HttpResponse<String> compressed(String encoding, byte[] body) throws Exception {
        return door.send(chat(BodyPublishers.ofByteArray(body)).header("Content-Encoding", encoding));
    }

    @Test
    void aModelIsFoundUnderItsWholeName() throws Exception {
        Models models = door.bean(Models.class);
        models.announce("hub", FakeRules.model("org/base+tuned", "hub", List.of(Capability.CHAT)));
        for (String path : List.of("org/base+tuned", "org%2Fbase%2Btuned", "org/base+tuned/")) {
            assertThat(door.get("/v1/models/" + path).body()).contains("\"id\":\"org/base+tuned\"");
        }
        models.withdraw("hub");
        assertError(door.get("/v1/models/org/base+tuned"), 404, "model_not_found", "model");
    }

    @Test
    void whoIsTurnedAwayBeforeTheBodyIsCountedToo() throws Exception {
        try (Door full = new Door(Map.of("millrace.limit.max-body-bytes-in-flight", 1))) {
            assertError(full.post(Door.CHAT, GOOD), 503, "overloaded", null);
            full.send(HttpRequest.newBuilder(full.uri(Door.CHAT)).POST(BodyPublishers.ofString(GOOD)));
            full.get("/v1/models");
            HttpRequest.Builder scrape = full.request("/metrics").GET();
            assertThat(full.send(scrape).body())
                    .contains("gateway_requests_total{provider=\"none\",model=\"unknown\",status=\"503\",} 1.0")
                    .contains("gateway_requests_total{provider=\"none\",model=\"unknown\",status=\"401\",} 1.0")
                    .doesNotContain("status=\"200\"");
        }
    }

    @Test
    void modelsTellTheirPrices() throws Exception {
        for (String base : List.of("/v1", "/api/v1")) {
            JsonNode list =
                    new ObjectMapper().readTree(door.get(base + "/models").body());
            assertThat(list.path("object").asText()).isEqualTo("list");
            JsonNode echo =
                    new ObjectMapper().readTree(door.get(base + "/models/echo").body());
            assertThat(list.path("data").get(1)).isEqualTo(echo);
            assertThat(echo.path("object").asText()).isEqualTo("model");
            assertThat(echo.path("created").asLong()).isEqualTo(1_700_000_000);
            assertThat(echo.path("provider").asText()).isEqualTo("local");
            assertThat(echo.path("context_length").asInt()).isEqualTo(8192);
            assertThat(echo.at("/pricing/output_micros_per_million_tokens").asLong())
                    .isEqualTo(200_000);
        }
    }

    @Test
    void whatIsMeasuredHasNoNamesFromClients() throws Exception {
        door.post(Door.CHAT, "{\"model\":\"made-up-name\"," + MESSAGES + "}");
        door.post(Door.CHAT, GOOD);
        String metrics = door.get("/metrics").body();
        assertThat(metrics)
                .contains("gateway_requests_total{provider=\"local\",model=\"echo\",status=\"200\",}")
                .contains("gateway_requests_total{provider=\"none\",model=\"unknown\",status=\"404\",}")
                .contains("gateway_tokens_used_total{provider=\"local\",model=\"echo\",type=\"output\",}")
                .contains("gateway_active_connections ")
                .doesNotContain("made-up-name");
    }

    @Test
    void aKeyIsNeverShown() {
        assertThat(new IdentityConfig(Door.KEY).toString()).doesNotContain(Door.KEY);
    }
}
