package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionUsage;
import dev.millrace.local.LocalStack;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bundled models, through the whole stack, as the official client uses them. */
@ExtendWith(SharedStack.class)
class EngineIT {

    private static final String QWEN = "qwen3-demo";
    private static final String DEEPSEEK = "deepseek-demo";

    private OpenAIClient client;

    @BeforeEach
    void awaitModels(LocalStack stack) {
        client = OfficialClient.of(stack);
        OfficialClient.awaitModels(client, QWEN, DEEPSEEK);
    }

    private static ChatCompletionCreateParams.Builder to(String model) {
        return ChatCompletionCreateParams.builder().model(model).temperature(0).maxCompletionTokens(300);
    }

    private static ChatCompletionCreateParams.Builder ask(String model, String text) {
        return to(model).addUserMessage(text);
    }

    private static ChatCompletionCreateParams.Builder template(
            ChatCompletionCreateParams.Builder asked, String argument, boolean value) {
        return asked.putAdditionalBodyProperty("chat_template_kwargs", JsonValue.from(Map.of(argument, value)));
    }

    private ChatCompletion answer(ChatCompletionCreateParams.Builder asked) {
        return client.chat().completions().create(asked.build());
    }

    private static String content(ChatCompletion answer) {
        return answer.choices().get(0).message().content().orElse("");
    }

    private static FinishReason end(ChatCompletion answer) {
        return answer.choices().get(0).finishReason();
    }

    private static String reasoning(ChatCompletion answer) {
        JsonValue told =
                answer.choices().get(0).message()._additionalProperties().get("reasoning_content");
        return told == null ? "" : told.convert(String.class);
    }

    private List<ChatCompletionChunk> stream(ChatCompletionCreateParams.Builder asked) {
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asked.build())) {
            return stream.stream().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void speaksEnglishAndChinese(String model) {
        ChatCompletion english = answer(ask(model, "What is Millrace?"));
        assertThat(content(english)).contains("Kafka").doesNotContainPattern("[一-龥]");
        assertThat(end(english)).isEqualTo(FinishReason.STOP);
        ChatCompletion chinese = answer(ask(model, "你好，请问你能做什么？"));
        assertThat(content(chinese)).contains("Millrace").containsPattern("[一-龥]{3}");
        assertThat(end(chinese)).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tell me about rivers.", "你好，请问你能做什么？"})
    void streamsWhatItSaysWhole(String question) {
        ChatCompletion whole = answer(ask(QWEN, question));
        List<ChatCompletionChunk> chunks = stream(ask(QWEN, question)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build()));
        assertThat(chunks.size()).isGreaterThan(3);
        assertThat(chunks.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .collect(Collectors.joining()))
                .isEqualTo(content(whole));
        CompletionUsage usage = chunks.get(chunks.size() - 1).usage().orElseThrow();
        assertThat(usage.completionTokens())
                .isEqualTo(whole.usage().orElseThrow().completionTokens());
        assertThat(usage.promptTokens()).isEqualTo(whole.usage().orElseThrow().promptTokens());
    }

    private static ChatCompletionFunctionTool weather() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("get_weather")
                        .description("Get the weather of a city")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                                .build())
                        .build())
                .build();
    }

    private static ChatCompletionMessageFunctionToolCall call(ChatCompletionMessage message) {
        return message.toolCalls().orElseThrow().get(0).asFunction();
    }

    private static String city(String arguments) {
        return EchoStream.read(arguments).path("city").asText();
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void callsAToolAndAnswersWithWhatItSays(String model) {
        String question = "What is the weather in Paris?";
        ChatCompletion asked = answer(ask(model, question).addTool(weather()));
        assertThat(end(asked)).isEqualTo(FinishReason.TOOL_CALLS);
        ChatCompletionMessage message = asked.choices().get(0).message();
        assertThat(message.content()).isEmpty();
        ChatCompletionMessageFunctionToolCall call = call(message);
        assertThat(call.function().name()).isEqualTo("get_weather");
        assertThat(city(call.function().arguments())).isEqualTo("Paris");

        for (String sky : List.of("cloudy", "sunny")) {
            ChatCompletion answered = answer(ask(model, question)
                    .addMessage(message)
                    .addMessage(ChatCompletionToolMessageParam.builder()
                            .toolCallId(call.id())
                            .content("{\"sky\": \"" + sky + "\", \"celsius\": 18}")
                            .build())
                    .addTool(weather()));
            assertThat(content(answered)).contains(sky, "18", "Paris");
            assertThat(end(answered)).isEqualTo(FinishReason.STOP);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void streamsACallInPieces(String model) {
        List<ChatCompletionChunk> chunks =
                stream(ask(model, "What is the weather in Paris?").addTool(weather()));
        List<ChatCompletionChunk.Choice.Delta.ToolCall> pieces = chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().toolCalls().stream())
                .flatMap(List::stream)
                .toList();
        assertThat(pieces.get(0).id()).hasValueSatisfying(id -> assertThat(id).startsWith("call_"));
        assertThat(pieces.get(0).function().orElseThrow().name()).hasValue("get_weather");
        assertThat(pieces.stream().skip(1))
                .allSatisfy(piece -> assertThat(piece.id()).isEmpty());
        assertThat(city(pieces.stream()
                        .flatMap(piece -> piece.function().stream())
                        .flatMap(function -> function.arguments().stream())
                        .collect(Collectors.joining())))
                .isEqualTo("Paris");
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void callsTheFunctionThatItMust(String model) {
        ChatCompletion answer = answer(ask(model, "Tell me a story.")
                .addTool(weather())
                .toolChoice(ChatCompletionNamedToolChoice.builder()
                        .function(ChatCompletionNamedToolChoice.Function.builder()
                                .name("get_weather")
                                .build())
                        .build()));
        ChatCompletionMessageFunctionToolCall call =
                call(answer.choices().get(0).message());
        assertThat(call.function().name()).isEqualTo("get_weather");
        assertThat(EchoStream.read(call.function().arguments()).path("city").isTextual())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void thinksAsItIsTold(String model) {
        String argument = model.equals(QWEN) ? "enable_thinking" : "thinking";
        ChatCompletion thought = answer(template(ask(model, "What is 3 + 4?"), argument, true));
        assertThat(reasoning(thought)).contains("3", "4");
        assertThat(content(thought)).contains("7").doesNotContain("think>");
        assertThat(thought.usage()
                        .orElseThrow()
                        .completionTokensDetails()
                        .orElseThrow()
                        .reasoningTokens())
                .hasValueSatisfying(tokens -> assertThat(tokens)
                        .isBetween(1L, thought.usage().orElseThrow().completionTokens()));

        ChatCompletion plain = answer(template(ask(model, "What is 3 + 4?"), argument, false));
        assertThat(reasoning(plain)).isEmpty();
        assertThat(content(plain)).contains("7").doesNotContain("think>");
        assertThat(plain.usage().orElseThrow().completionTokens())
                .isLessThan(thought.usage().orElseThrow().completionTokens());
    }

    @Test
    void thinksAboutSumsUnlessTheEffortIsNone() {
        assertThat(reasoning(answer(ask(QWEN, "What is 3 + 4?")))).isNotBlank();
        assertThat(reasoning(answer(ask(QWEN, "What is 3 + 4?")
                        .putAdditionalBodyProperty("reasoning_effort", JsonValue.from("none")))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void keepsToASchema(String model) {
        Map<String, Object> schema = Map.of(
                "type",
                "object",
                "properties",
                Map.of(
                        "country", Map.of("type", "string", "maxLength", 20),
                        "capital", Map.of("type", "string", "maxLength", 20),
                        "kind", Map.of("enum", List.of("city", "town")),
                        "rank", Map.of("type", "integer", "minimum", 1, "maximum", 9)),
                "required",
                List.of("country", "capital", "kind", "rank"),
                "additionalProperties",
                false);
        ChatCompletion answer = answer(ask(model, "Give me the capital of Spain as JSON.")
                .responseFormat(ResponseFormatJsonSchema.builder()
                        .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                                .name("capital")
                                .strict(true)
                                .schema(JsonValue.from(schema)
                                        .convert(ResponseFormatJsonSchema.JsonSchema.Schema.class))
                                .build())
                        .build()));
        assertThat(end(answer)).isEqualTo(FinishReason.STOP);
        JsonNode json = EchoStream.read(content(answer));
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(new ObjectMapper().<JsonNode>valueToTree(schema))
                        .validate(json))
                .as(json.toString())
                .isEmpty();
    }

    @Test
    void tellsHowLikelyItsTokensWere() {
        ChatCompletion answer =
                answer(ask(QWEN, "Say this is a test").logprobs(true).topLogprobs(2));
        List<ChatCompletionTokenLogprob> tokens =
                answer.choices().get(0).logprobs().orElseThrow().content().orElseThrow();
        assertThat(tokens.stream().map(ChatCompletionTokenLogprob::token).collect(Collectors.joining()))
                .isEqualTo(content(answer));
        assertThat(tokens).isNotEmpty().allSatisfy(token -> {
            assertThat(token.logprob()).isLessThanOrEqualTo(0);
            assertThat(token.bytes()).isPresent();
            assertThat(token.topLogprobs()).hasSize(2);
            assertThat(token.topLogprobs().get(0).token()).as("greedy").isEqualTo(token.token());
            assertThat(token.topLogprobs().get(1).logprob())
                    .isLessThanOrEqualTo(token.topLogprobs().get(0).logprob());
        });
    }

    @Test
    void givesSeveralAnswersToOnePrompt() {
        ChatCompletion one = answer(ask(QWEN, "Tell me a story."));
        ChatCompletion two = answer(ask(QWEN, "Tell me a story.")
                .temperature(2)
                .topP(1)
                .putAdditionalBodyProperty("top_k", JsonValue.from(0))
                .n(2)
                .seed(7));
        assertThat(two.choices()).extracting(Choice::index).containsExactly(0L, 1L);
        assertThat(two.choices())
                .extracting(choice -> choice.message().content().orElse(""))
                .doesNotContain("")
                .doesNotHaveDuplicates();
        CompletionUsage usage = two.usage().orElseThrow();
        assertThat(usage.promptTokens())
                .as("is counted once")
                .isEqualTo(one.usage().orElseThrow().promptTokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void stopsWhereItIsTold(String model) {
        ChatCompletion stopped = answer(ask(model, "Count to 100.").stop("12"));
        assertThat(content(stopped)).endsWith("11, ").doesNotContain("12");
        assertThat(end(stopped)).isEqualTo(FinishReason.STOP);
        List<ChatCompletionChunk> chunks = stream(ask(model, "Count to 100.").stop("12"));
        assertThat(chunks.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .collect(Collectors.joining()))
                .isEqualTo(content(stopped));
    }

    @ParameterizedTest
    @ValueSource(strings = {QWEN, DEEPSEEK})
    void readsOnlyWhatIsNewInASecondTurn(String model) {
        String story = "Listen. " + "My name is Lena and I live by the river. ".repeat(20);
        ChatCompletion first = answer(ask(model, story).promptCacheKey("turns-of-" + model));
        ChatCompletion second = answer(ask(model, story)
                .addMessage(first.choices().get(0).message())
                .addUserMessage("Who am I?")
                .promptCacheKey("turns-of-" + model));
        long read = first.usage().orElseThrow().promptTokens();
        CompletionUsage usage = second.usage().orElseThrow();
        assertThat(usage.promptTokens()).isGreaterThan(read);
        assertThat(usage.promptTokensDetails().orElseThrow().cachedTokens())
                .hasValueSatisfying(cached -> assertThat(cached).isBetween(read - 32, usage.promptTokens() - 1));
    }
}
