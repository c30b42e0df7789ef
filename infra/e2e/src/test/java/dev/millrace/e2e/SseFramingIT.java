package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.local.LocalStack;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A stream, byte by byte. */
@ExtendWith(SharedStack.class)
class SseFramingIT {

    private static HttpResponse<String> stream(LocalStack stack, String path, String fields) throws Exception {
        EchoStream client = new EchoStream(stack);
        String body = "{\"model\":\"echo\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"one two 三\"}]"
                + fields + "}";
        return client.send(
                client.request(path).POST(BodyPublishers.ofString(body)).build());
    }

    private static List<JsonNode> events(String body) {
        assertThat(body).endsWith("data: [DONE]\n\n");
        List<JsonNode> events = new ArrayList<>();
        for (String frame : body.split("\n\n", -1)) {
            if (!frame.isEmpty() && !frame.equals("data: [DONE]")) {
                assertThat(frame).startsWith("data: {").doesNotContain("\n");
                events.add(EchoStream.read(frame.substring("data: ".length())));
            }
        }
        return events;
    }

    @Test
    void isDataLinesAndNothingElse(LocalStack stack) throws Exception {
        HttpResponse<String> response = stream(stack, "/v1/chat/completions", "");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        assertThat(response.headers().firstValue("x-request-id")).isPresent();
        assertThat(response.headers().firstValue("openai-processing-ms"))
                .hasValueSatisfying(millis -> assertThat(millis).matches("\\d+"));

        List<JsonNode> events = events(response.body());
        assertThat(events.get(0).path("choices").path(0).path("delta").toString())
                .isEqualTo("{\"role\":\"assistant\",\"content\":\"\"}");
        assertThat(events)
                .extracting(event -> event.path("id").asText())
                .containsOnly(events.get(0).path("id").asText());
        assertThat(events)
                .extracting(event -> event.path("created").asLong())
                .containsOnly(events.get(0).path("created").asLong());
        assertThat(events).allSatisfy(event -> {
            assertThat(event.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(event.path("model").asText()).isEqualTo("echo");
            assertThat(event.path("choices").path(0).has("finish_reason")).isTrue();
            assertThat(event.has("usage")).isFalse();
        });
        JsonNode last = events.get(events.size() - 1).path("choices").path(0);
        assertThat(last.path("delta").toString()).isEqualTo("{}");
        assertThat(last.path("finish_reason").asText()).isEqualTo("stop");
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(
                event.path("choices").path(0).path("delta").path("content").asText("")));
        assertThat(text).hasToString("one two 三");
    }

    @Test
    void tellsUsageOnceAndAtTheEndWhereItIsAskedFor(LocalStack stack) throws Exception {
        List<JsonNode> events =
                events(stream(stack, "/v1/chat/completions", ",\"stream_options\":{\"include_usage\":true}")
                        .body());
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("choices").toString()).isEqualTo("[]");
        assertThat(last.path("usage").path("prompt_tokens").asInt()).isEqualTo(3);
        assertThat(last.path("usage").path("completion_tokens").asInt()).isEqualTo(3);
        assertThat(last.path("usage").path("total_tokens").asInt()).isEqualTo(6);
        assertThat(events.subList(0, events.size() - 1)).allSatisfy(event -> {
            assertThat(event.has("usage")).isTrue();
            assertThat(event.path("usage").isNull()).isTrue();
        });
    }

    @Test
    void isTheSameUnderTheOtherBasePath(LocalStack stack) throws Exception {
        HttpResponse<String> response = stream(stack, "/api/v1/chat/completions", "");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(events(response.body())).isNotEmpty();
    }

    @Test
    void endsWithAnErrorEventWhereItFailsAfterItsFirstByte(LocalStack stack) throws Exception {
        HttpResponse<String> response = stream(
                stack,
                "/v1/chat/completions",
                ",\"metadata\":{\"echo.fail\":\"after_3_tokens\"},\"ignore_eos\":true,\"max_tokens\":9");
        assertThat(response.statusCode()).isEqualTo(200);
        List<JsonNode> events = events(response.body());
        JsonNode error = events.get(events.size() - 1).path("error");
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.has("type") && error.has("param") && error.has("code")).isTrue();
        assertThat(response.body()).doesNotContain("\"finish_reason\":\"stop\"");
    }

    @Test
    void hasARealStatusWhereItFailsBeforeItsFirstByte(LocalStack stack) throws Exception {
        HttpResponse<String> response =
                stream(stack, "/v1/chat/completions", ",\"metadata\":{\"echo.fail\":\"before_first_token\"}");
        assertThat(response.statusCode()).isGreaterThanOrEqualTo(500);
        assertThat(EchoStream.read(response.body())
                        .path("error")
                        .path("message")
                        .asText())
                .isNotBlank();
    }
}
