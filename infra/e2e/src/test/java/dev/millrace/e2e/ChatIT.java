package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.models.Model;
import dev.millrace.e2e.RequestLog.Verdict;
import dev.millrace.event.Failed;
import dev.millrace.event.Outcome;
import dev.millrace.local.LocalStack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official client, as an application developer uses it. */
@ExtendWith(SharedStack.class)
class ChatIT {

    private LocalStack stack;
    private OpenAIClient client;

    @BeforeEach
    void connect(LocalStack shared) {
        stack = shared;
        client = client(stack.key());
    }

    private OpenAIClient client(String key) {
        return OfficialClient.of(stack, key);
    }

    private static ChatCompletionCreateParams.Builder ask(String text) {
        return ChatCompletionCreateParams.builder().model("echo").addUserMessage(text);
    }

    @Test
    void answersWhole() {
        ChatCompletion answer =
                client.chat().completions().create(ask("hello wide world").build());
        ChatCompletion.Choice choice = answer.choices().get(0);
        assertThat(choice.message().content()).hasValue("hello wide world");
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(3);
        assertThat(answer.usage().orElseThrow().totalTokens()).isEqualTo(6);
        assertThat(answer.id()).startsWith("chatcmpl-");
    }

    @Test
    void answersAsAStream() {
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(ask("a stream of 中文 words")
                        .streamOptions(ChatCompletionStreamOptions.builder()
                                .includeUsage(true)
                                .build())
                        .build())) {
            chunks = stream.stream().toList();
        }
        String text = chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream())
                .collect(Collectors.joining());
        assertThat(text).isEqualTo("a stream of 中文 words");
        assertThat(chunks.get(chunks.size() - 1).usage().orElseThrow().completionTokens())
                .isEqualTo(5);
    }

    @Test
    void cutsAtMaxTokensAndRepeatsWhereTheEndIsIgnored() {
        ChatCompletion cut = client.chat()
                .completions()
                .create(ask("one two three").maxCompletionTokens(2).build());
        assertThat(cut.choices().get(0).message().content().orElseThrow().strip())
                .isEqualTo("one two");
        assertThat(cut.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);

        ChatCompletion repeated = client.chat()
                .completions()
                .create(ask("one two ")
                        .maxCompletionTokens(5)
                        .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                        .build());
        assertThat(repeated.choices().get(0).message().content().orElseThrow().strip())
                .isEqualTo("one two one two one");
    }

    @Test
    void givesSeveralChoices() {
        ChatCompletion answer =
                client.chat().completions().create(ask("both").n(2).build());
        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices())
                .allSatisfy(choice -> assertThat(choice.message().content()).hasValue("both"));
    }

    @Test
    void tellsErrorsAsTheClientKnowsThem() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("x").model("no-such-model").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no-such-model");
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("x").temperature(3).build()))
                .isInstanceOfSatisfying(BadRequestException.class, error -> assertThat(error.param())
                        .hasValue("temperature"));
        assertThatThrownBy(() -> client("sk-wrong").chat().completions().create(ask("x").build()))
                .isInstanceOf(UnauthorizedException.class);
    }

    @Test
    void listsItsModels() {
        assertThat(client.models().list().data()).extracting(Model::id).contains("echo");
        assertThat(client.models().retrieve("echo").id()).isEqualTo("echo");
        assertThatThrownBy(() -> client.models().retrieve("no-such-model")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void stopsWorkingForAClientThatLeaves() {
        String id;
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(ask("again ")
                        .maxCompletionTokens(100_000)
                        .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                        .putAdditionalBodyProperty("metadata", JsonValue.from(Map.of("echo.token_millis", "50")))
                        .build())) {
            id = stream.stream().skip(3).findFirst().orElseThrow().id().replace("chatcmpl-", "");
        }
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Verdict verdict = RequestLog.read(stack.bootstrapServers()).verdict(id);
            assertThat(verdict.ends()).hasSize(1);
            assertThat(verdict.ends().get(0))
                    .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.getOutcome())
                            .isEqualTo(Outcome.CANCELLED));
            assertThat(verdict.tokens()).isBetween(3, 300);
            assertThat(new Ledger(stack).rows().get(id)).singleElement().satisfies(row -> {
                assertThat(row.outputTokens()).isEqualTo(verdict.tokens());
                assertThat(row.status()).isEqualTo("cancelled");
            });
        });
    }

    @Test
    void remembersASession() {
        String session = "s-" + UUID.randomUUID();
        assertThat(promptTokens(session, "first question here")).isEqualTo(3);
        assertThat(promptTokens(session, "second"))
                .as("the question, its answer and the new question")
                .isEqualTo(3 + 3 + 1);
        assertThat(promptTokens(session, "third")).isEqualTo(3 + 3 + 1 + 1 + 1);
        assertThat(promptTokens("s-" + UUID.randomUUID(), "third")).isEqualTo(1);
    }

    private long promptTokens(String session, String text) {
        ChatCompletion answer = client.chat()
                .completions()
                .create(ask(text)
                        .putAdditionalBodyProperty("session_id", JsonValue.from(session))
                        .build());
        assertThat(answer.choices().get(0).message().content()).hasValue(text);
        return answer.usage().orElseThrow().promptTokens();
    }
}
