package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.local.LocalStack;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bundled models, through the whole stack. */
@ExtendWith(SharedStack.class)
class EngineIT {

    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"get_weather","description":"Tells the weather of a city",
              "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]""";

    private EchoStream client;

    @BeforeEach
    void awaitModels(LocalStack stack) {
        client = new EchoStream(stack);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> client.send(client.request("/v1/models").GET().build())
                        .body()
                        .matches("(?s).*deepseek-demo.*qwen3-demo.*"));
    }

    private JsonNode ask(String model, String messages, String fields) throws Exception {
        HttpResponse<String> response = client.send(client.request("/v1/chat/completions")
                .POST(BodyPublishers.ofString("{\"model\":\"" + model + "\",\"temperature\":0,\"max_tokens\":300,"
                        + fields + (fields.isEmpty() ? "" : ",") + "\"messages\":" + messages + "}"))
                .build());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return EchoStream.read(response.body());
    }

    private static String user(String text) {
        return "[{\"role\":\"user\",\"content\":\"" + text + "\"}]";
    }

    private static JsonNode message(JsonNode answer) {
        return answer.path("choices").path(0).path("message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void speaksEnglishAndChinese(String model) throws Exception {
        JsonNode english = ask(model, user("What is Millrace?"), "");
        assertThat(message(english).path("content").asText()).contains("Kafka");
        assertThat(english.path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("stop");
        JsonNode chinese = ask(model, user("你好，请问你能做什么？"), "");
        assertThat(message(chinese).path("content").asText())
                .contains("Millrace")
                .containsPattern("[一-龥]{3}");
    }

    @Test
    void streamsWhatItSaysWhole() throws Exception {
        String whole = message(ask("qwen3-demo", user("Tell me about rivers."), ""))
                .path("content")
                .asText();
        HttpResponse<String> streamed = client.send(client.request("/v1/chat/completions")
                .POST(BodyPublishers.ofString(
                        "{\"model\":\"qwen3-demo\",\"temperature\":0,\"max_tokens\":300,\"stream\":true,\"messages\":"
                                + user("Tell me about rivers.") + "}"))
                .build());
        List<String> parts = new ArrayList<>();
        streamed.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .forEach(line -> parts.add(EchoStream.read(line.substring("data: ".length()))
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("content")
                        .asText("")));
        assertThat(parts.size()).isGreaterThan(3);
        assertThat(String.join("", parts)).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void callsAToolAndReadsItsAnswer(String model) throws Exception {
        JsonNode asked = ask(model, user("What is the weather in Paris?"), TOOLS);
        assertThat(asked.path("choices").path(0).path("finish_reason").asText()).isEqualTo("tool_calls");
        JsonNode call = message(asked).path("tool_calls").path(0);
        assertThat(call.path("function").path("name").asText()).isEqualTo("get_weather");
        assertThat(EchoStream.read(call.path("function").path("arguments").asText())
                        .path("city")
                        .asText())
                .isEqualTo("Paris");

        String messages = "[{\"role\":\"user\",\"content\":\"What is the weather in Paris?\"},"
                + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + call + "]},"
                + "{\"role\":\"tool\",\"tool_call_id\":" + call.path("id")
                + ",\"content\":\"{\\\"temperature\\\": 21, \\\"sky\\\": \\\"sunny\\\"}\"}]";
        JsonNode answered = ask(model, messages, TOOLS);
        assertThat(message(answered).path("content").asText()).isNotBlank();
        assertThat(answered.path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("stop");
    }

    @Test
    void thinksUnlessItIsToldNotTo() throws Exception {
        JsonNode thought = ask("qwen3-demo", user("What is 3 + 4?"), "");
        assertThat(message(thought).path("reasoning_content").asText("")).isNotBlank();
        assertThat(message(thought).path("content").asText()).contains("7").doesNotContain("<think>");
        assertThat(thought.path("usage")
                        .path("completion_tokens_details")
                        .path("reasoning_tokens")
                        .asInt())
                .isPositive();
        JsonNode plain =
                ask("qwen3-demo", user("What is 3 + 4?"), "\"chat_template_kwargs\":{\"enable_thinking\":false}");
        assertThat(message(plain).path("reasoning_content").asText("")).isEmpty();
        assertThat(message(plain).path("content").asText()).contains("7");
    }

    @Test
    void tellsHowLikelyItsTokensWere() throws Exception {
        JsonNode answer = ask("qwen3-demo", user("Say this is a test"), "\"logprobs\":true,\"top_logprobs\":2");
        JsonNode tokens = answer.path("choices").path(0).path("logprobs").path("content");
        assertThat(tokens.size()).isPositive();
        StringBuilder text = new StringBuilder();
        for (JsonNode token : tokens) {
            text.append(token.path("token").asText());
            assertThat(token.path("logprob").asDouble()).isLessThanOrEqualTo(0);
            assertThat(token.path("top_logprobs")).hasSize(2);
            assertThat(token.path("bytes").isArray()).isTrue();
        }
        assertThat(text.toString()).isEqualTo(message(answer).path("content").asText());
    }

    @Test
    void givesSeveralAnswersAndStopsWhereItIsTold() throws Exception {
        JsonNode two = ask("qwen3-demo", user("Tell me a story."), "\"n\":2,\"seed\":7");
        assertThat(two.path("choices")).hasSize(2);
        assertThat(two.path("choices").path(1).path("message").path("content").asText())
                .isNotBlank();

        JsonNode stopped = ask("qwen3-demo", user("Count to 100."), "\"stop\":[\"12\"]");
        assertThat(message(stopped).path("content").asText()).contains("11").doesNotContain("12");
        assertThat(stopped.path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("stop");
    }

    @Test
    void keepsToASchema() throws Exception {
        JsonNode answer = ask("qwen3-demo", user("Give me the capital of Spain as JSON."), """
                "response_format":{"type":"json_schema","json_schema":{"name":"capital","strict":true,"schema":{
                  "type":"object","properties":{"country":{"type":"string","maxLength":20},
                    "capital":{"type":"string","maxLength":20},"rank":{"type":"integer","minimum":1,"maximum":9}},
                  "required":["country","capital","rank"],"additionalProperties":false}}}""");
        JsonNode json = EchoStream.read(message(answer).path("content").asText());
        assertThat(json.size()).isEqualTo(3);
        assertThat(json.path("capital").isTextual()).isTrue();
        assertThat(json.path("rank").asInt()).isBetween(1, 9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void callsTheFunctionThatItMust(String model) throws Exception {
        JsonNode answer = ask(
                model,
                user("Tell me a story."),
                TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}");
        JsonNode call = message(answer).path("tool_calls").path(0).path("function");
        assertThat(call.path("name").asText()).isEqualTo("get_weather");
        assertThat(EchoStream.read(call.path("arguments").asText()).path("city").isTextual())
                .isTrue();
    }

    @Test
    void remembersWhatItReadBefore() throws Exception {
        String prompt = "What is Millrace? ".repeat(20);
        JsonNode first = ask("qwen3-demo", user(prompt), "\"prompt_cache_key\":\"k\"");
        JsonNode second = ask("qwen3-demo", user(prompt), "\"prompt_cache_key\":\"k\"");
        assertThat(second.path("usage").path("prompt_tokens").asInt())
                .isEqualTo(first.path("usage").path("prompt_tokens").asInt());
        assertThat(second.path("usage")
                        .path("prompt_tokens_details")
                        .path("cached_tokens")
                        .asInt())
                .isGreaterThanOrEqualTo(16);
    }
}
