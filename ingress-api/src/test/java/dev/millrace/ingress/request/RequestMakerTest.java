package dev.millrace.ingress.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.ingress.error.RefusedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestMakerTest {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private final Requests requests = new Requests();

    private InferenceRequested make(String model, String fields) {
        return requests.make("{\"model\":\"" + model + "\"," + MESSAGES + fields + "}");
    }

    private static JsonNode prompt(InferenceRequested request) throws Exception {
        return new ObjectMapper().readTree(request.getPrompt());
    }

    @Test
    void whatIsNotSaidIsLeftToTheModelAndASeedIsDrawn() {
        InferenceRequested request = make("echo", "");
        assertThat(request.getSampling().getMaxTokens()).isNull();
        assertThat(request.getSampling().getTemperature()).isNull();
        assertThat(request.getSampling().getChoices()).isEqualTo(1);
        assertThat(request.getSampling().getSeed()).isNotZero();
        assertThat(request.getParallelToolCalls()).isTrue();
        assertThat(request.getPrompt()).isEqualTo("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
        assertThat(request.getFacts().getTenant()).isEqualTo("tenant");
        assertThat(request.getFacts().getPrice().getOutputMicrosPerMillion()).isEqualTo(200_000);
    }

    @Test
    void everySamplingFieldFindsItsPlace() {
        InferenceRequested request = make(
                "able",
                ",\"temperature\":0.5,\"top_p\":0.9,\"top_k\":40,\"min_p\":0.05,\"presence_penalty\":1,"
                        + "\"frequency_penalty\":-1,\"repetition_penalty\":1.1,\"seed\":7,\"logit_bias\":{\"5\":-100},"
                        + "\"stop\":\"x\",\"ignore_eos\":true,\"min_tokens\":2,\"max_completion_tokens\":9,\"n\":3,"
                        + "\"logprobs\":true,\"top_logprobs\":4");
        var sampling = request.getSampling();
        assertThat(sampling.getTemperature()).isEqualTo(0.5);
        assertThat(sampling.getTopP()).isEqualTo(0.9);
        assertThat(sampling.getTopK()).isEqualTo(40);
        assertThat(sampling.getMinP()).isEqualTo(0.05);
        assertThat(sampling.getPresencePenalty()).isEqualTo(1);
        assertThat(sampling.getFrequencyPenalty()).isEqualTo(-1);
        assertThat(sampling.getRepetitionPenalty()).isEqualTo(1.1);
        assertThat(sampling.getSeed()).isEqualTo(7);
        assertThat(sampling.getLogitBias()).containsEntry("5", -100.0);
        assertThat(sampling.getStop()).containsExactly("x");
        assertThat(sampling.getIgnoreEos()).isTrue();
        assertThat(sampling.getMinTokens()).isEqualTo(2);
        assertThat(sampling.getMaxTokens()).isEqualTo(9);
        assertThat(sampling.getChoices()).isEqualTo(3);
        assertThat(sampling.getLogprobs()).isTrue();
        assertThat(sampling.getTopLogprobs()).isEqualTo(4);
        assertThat(request.getEstimatedTokens()).isGreaterThanOrEqualTo(27);
    }

    @Test
    void circumstancesBecomeFacts() {
        InferenceRequested request = make(
                "echo",
                ",\"service_tier\":\"flex\",\"user\":\"u\",\"safety_identifier\":\"s\",\"metadata\":{\"a\":\"b\"},"
                        + "\"store\":true,\"prompt_cache_key\":\"k\"");
        assertThat(request.getFacts().getPriority()).isEqualTo(Priority.BACKGROUND);
        assertThat(request.getQueueTimeoutMillis()).isEqualTo(600_000);
        assertThat(request.getFacts().getEndUser()).isEqualTo("s");
        assertThat(request.getFacts().getMetadata()).containsEntry("a", "b");
        assertThat(request.getFacts().getStore()).isTrue();
        assertThat(request.getAffinity()).isEqualTo("key/tenant/k");
        assertThat(make("echo", ",\"session_id\":\"c\",\"priority\":\"batch\"").getAffinity())
                .isEqualTo("session/tenant/c");
    }

    @Test
    void messagesComeInTheFormThatTemplatesKnow() throws Exception {
        InferenceRequested request = requests.make("{\"model\":\"able\",\"messages\":["
                + "{\"role\":\"developer\",\"content\":[{\"type\":\"text\",\"text\":\"Be \"},{\"type\":\"text\",\"text\":\"kind.\"}]},"
                + "{\"role\":\"assistant\",\"content\":null,\"reasoning\":\"r\",\"refusal\":null,"
                + "\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
                + "{\"role\":\"function\",\"name\":\"f\",\"content\":\"1\"}]}");
        JsonNode messages = prompt(request).path("messages");
        assertThat(messages.get(0).toString()).isEqualTo("{\"role\":\"system\",\"content\":\"Be kind.\"}");
        assertThat(messages.get(1).path("reasoning_content").asText()).isEqualTo("r");
        assertThat(messages.get(1).at("/tool_calls/0/function/name").asText()).isEqualTo("f");
        assertThat(messages.get(2).path("role").asText()).isEqualTo("tool");
    }

    @Test
    void deprecatedFunctionsAreToolsOfWhichOneIsCalledAtATime() throws Exception {
        InferenceRequested request =
                make("able", ",\"functions\":[{\"name\":\"f\"}],\"function_call\":{\"name\":\"f\"}");
        assertThat(prompt(request).at("/tools/0/function/name").asText()).isEqualTo("f");
        assertThat(request.getToolChoice()).isEqualTo("{\"type\":\"function\",\"function\":{\"name\":\"f\"}}");
        assertThat(request.getParallelToolCalls()).isFalse();
    }

    @Test
    void aFunctionWithoutParametersTakesNoArguments() throws Exception {
        for (String parameters : List.of("", ",\"parameters\":null")) {
            InferenceRequested request = make(
                    "able", ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"" + parameters + "}}]");
            assertThat(prompt(request).at("/tools/0/function/parameters").toString())
                    .isEqualTo("{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}");
        }
    }

    @Test
    void whetherAToolIsStrictIsToldToWhoeverRunsTheModel() throws Exception {
        InferenceRequested request =
                make("able", ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true}}]");
        assertThat(prompt(request).at("/tools/0/function/strict").asBoolean()).isTrue();
    }

    @Test
    void effortSpeaksTheTemplatesLanguageUnlessTheCallerDoes() throws Exception {
        assertThat(prompt(make("echo", ",\"reasoning_effort\":\"none\""))
                        .at("/arguments/enable_thinking")
                        .asBoolean(true))
                .isFalse();
        assertThat(prompt(make(
                                "echo",
                                ",\"reasoning_effort\":\"low\",\"chat_template_kwargs\":{\"enable_thinking\":false}"))
                        .at("/arguments/enable_thinking")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void numbersOfASchemaStayAsTheyWereWritten() {
        InferenceRequested request = make(
                "able",
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":{\"maximum\":1.50}}}");
        assertThat(request.getResponseFormat()).contains("\"maximum\":1.50");
    }

    @Test
    void whatIsTooLargeToSendOnIsNotSent() {
        String body =
                "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(100_000) + "\"}]}";
        assertThatThrownBy(() -> requests.make(body))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.failure().getStatus()).isEqualTo(413));
    }
}
