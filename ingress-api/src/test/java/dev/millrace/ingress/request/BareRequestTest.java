package dev.millrace.ingress.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.Priority;
import dev.millrace.event.RequestKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with bare texts, as workers find them in the log. */
class BareRequestTest {

    private final Requests requests = new Requests();

    private InferenceRequested embedding(String fields) {
        return requests.make(RequestKind.EMBEDDING, "{\"model\":\"able\"," + fields + "}");
    }

    private InferenceRequested completion(String fields) {
        return requests.make(RequestKind.COMPLETION, "{\"model\":\"able\",\"prompt\":\"once\"" + fields + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "[\"a\",\"b\"]", "[1,2,3]", "[[1,2],[3]]"})
    void textsTravelAsTheyCame(String texts) {
        assertThat(embedding("\"input\":" + texts).getPrompt()).isEqualTo("{\"input\":" + texts + "}");
        assertThat(requests.make(RequestKind.COMPLETION, "{\"model\":\"able\",\"prompt\":" + texts + "}")
                        .getPrompt())
                .isEqualTo("{\"prompt\":" + texts + "}");
    }

    @Test
    void anEmbeddingAsksForNoTokens() {
        InferenceRequested request = embedding(
                "\"input\":\"" + "x".repeat(400) + "\",\"dimensions\":8,\"user\":\"u\",\"priority\":\"batch\"");
        assertThat(request.getFacts().getKind()).isEqualTo(RequestKind.EMBEDDING);
        assertThat(request.getFacts().getEndUser()).isEqualTo("u");
        assertThat(request.getFacts().getPriority()).isEqualTo(Priority.BATCH);
        assertThat(request.getDimensions()).isEqualTo(8);
        assertThat(request.getSampling().getChoices()).isEqualTo(1);
        assertThat(request.getEstimatedTokens()).isBetween(100L, 110L);
        assertThat(embedding("\"input\":\"a\"").getDimensions()).isNull();
    }

    @Test
    void aCompletionHasTheLimitThatTheApiNames() {
        assertThat(completion("").getSampling().getMaxTokens()).isEqualTo(16);
        assertThat(completion(",\"max_tokens\":50").getSampling().getMaxTokens())
                .isEqualTo(50);
        assertThat(completion("").getFacts().getKind()).isEqualTo(RequestKind.COMPLETION);
        assertThat(completion("").getSampling().getSeed()).isNotZero();
    }

    @Test
    void aCompletionsLogprobsAreANumberOfAlternatives() {
        assertThat(completion("").getSampling().getLogprobs()).isFalse();
        assertThat(completion(",\"logprobs\":0").getSampling().getLogprobs()).isTrue();
        assertThat(completion(",\"logprobs\":0").getSampling().getTopLogprobs()).isZero();
        assertThat(completion(",\"logprobs\":5").getSampling().getTopLogprobs()).isEqualTo(5);
    }

    @Test
    void eachPromptIsExpectedToCostItsAnswers() {
        InferenceRequested request = requests.make(
                RequestKind.COMPLETION, "{\"model\":\"able\",\"prompt\":[\"a\",\"b\"],\"n\":3,\"max_tokens\":100}");
        assertThat(request.getEstimatedTokens()).isBetween(600L, 610L);
    }
}
