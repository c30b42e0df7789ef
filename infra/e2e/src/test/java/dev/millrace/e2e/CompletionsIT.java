package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionChoice.FinishReason;
import com.openai.models.completions.CompletionCreateParams;
import dev.millrace.local.LocalStack;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bare texts that a model goes on from, through the whole stack. */
@ExtendWith(SharedStack.class)
class CompletionsIT {

    private static final String MODEL = "qwen3-demo";

    /** What a chat's prompt looks like to this model, so that what comes next is known. */
    private static final String COUNT =
            "<|im_start|>user\nCount to 100.<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n";

    private LocalStack stack;
    private OpenAIClient client;

    @BeforeEach
    void awaitModel(LocalStack shared) {
        stack = shared;
        client = OfficialClient.of(stack);
        OfficialClient.awaitModels(client, MODEL, GoldenVectors.MODEL);
    }

    private static CompletionCreateParams.Builder of(String prompt) {
        return CompletionCreateParams.builder().model(MODEL).temperature(0).prompt(prompt);
    }

    private Completion complete(CompletionCreateParams.Builder asked) {
        return client.completions().create(asked.build());
    }

    @Test
    void goOnFromATextAndStopAfterTheUsualNumberOfTokens() {
        Completion answer = complete(of(COUNT));
        CompletionChoice choice = answer.choices().get(0);
        assertThat(choice.text()).startsWith("1, 2, 3");
        assertThat(choice.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(16);
        assertThat(answer.id()).startsWith("cmpl-");
    }

    @Test
    void streamWhatTheySayWhole() {
        String whole = complete(of(COUNT).maxTokens(40)).choices().get(0).text();
        List<Completion> events;
        try (StreamResponse<Completion> stream = client.completions()
                .createStreaming(of(COUNT)
                        .maxTokens(40)
                        .streamOptions(ChatCompletionStreamOptions.builder()
                                .includeUsage(true)
                                .build())
                        .build())) {
            events = stream.stream().toList();
        }
        assertThat(events.size()).isGreaterThan(4);
        assertThat(events.stream()
                        .flatMap(event -> event.choices().stream())
                        .map(CompletionChoice::text)
                        .collect(Collectors.joining()))
                .isEqualTo(whole);
        assertThat(events.get(events.size() - 1).usage().orElseThrow().completionTokens())
                .isEqualTo(40);
    }

    @Test
    void stopWhereTheyAreTold() {
        CompletionChoice choice =
                complete(of(COUNT).maxTokens(100).stop("12")).choices().get(0);
        assertThat(choice.text()).endsWith("11, ").doesNotContain("12");
        assertThat(choice.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void eachPromptHasAsManyAnswersAsWereAskedFor() {
        String capital = COUNT.replace("Count to 100.", "What is the capital of France?");
        Completion answer = complete(CompletionCreateParams.builder()
                .model(MODEL)
                .promptOfArrayOfStrings(List.of(COUNT, capital))
                .temperature(0)
                .maxTokens(30)
                .n(2)
                .bestOf(2));
        assertThat(answer.choices()).extracting(CompletionChoice::index).containsExactly(0L, 1L, 2L, 3L);
        assertThat(answer.choices().subList(0, 2))
                .allSatisfy(choice -> assertThat(choice.text()).startsWith("1, 2, 3"));
        assertThat(answer.choices().subList(2, 4))
                .allSatisfy(choice -> assertThat(choice.text()).contains("Paris"));
    }

    @Test
    void tellHowLikelyTheirTokensWere() {
        CompletionChoice choice =
                complete(of(COUNT).maxTokens(10).logprobs(3)).choices().get(0);
        CompletionChoice.Logprobs logprobs = choice.logprobs().orElseThrow();
        List<String> tokens = logprobs.tokens().orElseThrow();
        assertThat(tokens).hasSize(10);
        assertThat(String.join("", tokens)).isEqualTo(choice.text());
        assertThat(logprobs.tokenLogprobs().orElseThrow()).hasSize(10).allMatch(chance -> chance <= 0);
        assertThat(logprobs.topLogprobs().orElseThrow())
                .hasSize(10)
                .allSatisfy(top -> assertThat(top._additionalProperties()).hasSizeBetween(3, 4));
        int at = 0;
        for (int i = 0; i < tokens.size(); i++) {
            assertThat(logprobs.textOffset().orElseThrow().get(i)).isEqualTo(at);
            at += tokens.get(i).codePointCount(0, tokens.get(i).length());
        }
    }

    @Test
    void takeTokenIdsAndAreBilled() throws Exception {
        CompletionCreateParams asked = CompletionCreateParams.builder()
                .model(GoldenVectors.MODEL)
                .promptOfArrayOfTokens(GoldenVectors.read().prompts().get(0))
                .maxTokens(5)
                .putAdditionalBodyProperty("ignore_eos", com.openai.core.JsonValue.from(true))
                .build();
        String id;
        try (HttpResponseFor<Completion> response =
                client.completions().withRawResponse().create(asked)) {
            id = response.requestId().orElseThrow();
            assertThat(response.parse().usage().orElseThrow().completionTokens())
                    .isEqualTo(5);
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(new Ledger(stack).rows().get(id))
                        .singleElement()
                        .satisfies(row -> {
                            assertThat(row.inputTokens()).isEqualTo(22);
                            assertThat(row.outputTokens()).isEqualTo(5);
                            assertThat(row.status()).isEqualTo("completed");
                        }));
    }

    @Test
    void whatCannotBeHadIsRefusedByName() {
        assertRefused(of("x").suffix("z"), "suffix");
        assertRefused(of("x").echo(true), "echo");
        assertRefused(of("x").bestOf(3), "best_of");
        assertRefused(of("x").model("echo"), "model");
        assertRefused(of("x").maxTokens(4096), "prompt");
    }

    private void assertRefused(CompletionCreateParams.Builder asked, String param) {
        assertThatThrownBy(() -> complete(asked))
                .isInstanceOfSatisfying(BadRequestException.class, error -> assertThat(error.param())
                        .hasValue(param));
    }
}
