package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.event.Capability;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.event.TokenLogprob;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a chat with a real model can ask for, from its messages to the pieces of its answer. */
class ChatTest {

    private static final String TOOLS = """
            [{"type":"function","function":{"name":"get_weather","description":"Get the weather of a city",
            "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]""";

    private static DjlGenerator generator;

    @BeforeAll
    static void load() throws IOException {
        generator = DemoModelsTest.load("qwen3-demo", Precision.FLOAT32);
    }

    @AfterAll
    static void close() {
        generator.close();
    }

    private static Heard chat(String question, String more, Sampling.Builder sampling) {
        return chat(question, more, sampling, request -> {});
    }

    private static Heard chat(
            String question, String more, Sampling.Builder sampling, Consumer<InferenceRequested.Builder> extra) {
        String prompt = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}]" + more + "}";
        Heard heard = new Heard();
        generator.start(Asked.task(Asked.request("r", RequestKind.CHAT, prompt, sampling, extra)), heard);
        return heard.awaitEnd();
    }

    @Test
    void theProfileSaysWhatTheTemplateTeaches() {
        assertThat(generator.profile().capabilities())
                .containsExactlyInAnyOrder(
                        Capability.CHAT,
                        Capability.COMPLETION,
                        Capability.EMBEDDING,
                        Capability.TOOLS,
                        Capability.REASONING,
                        Capability.JSON_OBJECT,
                        Capability.JSON_SCHEMA,
                        Capability.LOGPROBS,
                        Capability.CHOICES);
        assertThat(generator.profile().contextTokens()).isEqualTo(4096);
        assertThat(generator.profile().parameters()).isBetween(5_000_000L, 6_000_000L);
    }

    @Test
    void aThoughtIsApartFromTheAnswer() {
        Heard heard = chat("10 + 10 = ?", ",\"arguments\":{\"enable_thinking\":true}", Asked.greedy(100));
        assertThat(heard.reasoning(0)).contains("10 plus 10 is 20");
        assertThat(heard.text(0)).isEqualTo("10 + 10 = 20");
        assertThat(heard.finishReason(0)).isEqualTo("stop");
        int reasoning = heard.of(0).stream().mapToInt(Piece::reasoningTokens).sum();
        assertThat(reasoning).isBetween(10, heard.tokens(0).size() - 5);
        Heard quick = chat("10 + 10 = ?", ",\"chat_template_kwargs\":{\"enable_thinking\":false}", Asked.greedy(100));
        assertThat(quick.reasoning(0)).isEmpty();
        assertThat(quick.text(0)).isEqualTo("10 + 10 = 20");
    }

    @Test
    void aToolIsCalledAndNothingOfTheCallLeaks() {
        Heard heard = chat("What is the weather in Paris?", ",\"tools\":" + TOOLS, Asked.greedy(100));
        assertThat(heard.finishReason(0)).isEqualTo("tool_calls");
        assertThat(heard.text(0)).isEmpty();
        List<ToolCallDelta> calls = heard.toolCalls(0);
        assertThat(calls.get(0).getName()).isEqualTo("get_weather");
        assertThat(calls.get(0).getId()).startsWith("call_").hasSize(29);
        assertThat(String.join(
                        "", calls.stream().map(ToolCallDelta::getArguments).toList()))
                .isEqualTo("{\"city\": \"Paris\"}");
        Heard none = chat(
                "What is the weather in Paris?",
                ",\"tools\":" + TOOLS,
                Asked.greedy(60),
                request -> request.setToolChoice("\"none\""));
        assertThat(none.toolCalls(0)).isEmpty();
        Heard forced = chat(
                "Hi",
                ",\"tools\":" + TOOLS,
                Asked.greedy(60),
                request -> request.setToolChoice("{\"type\":\"function\",\"function\":{\"name\":\"nothing\"}}"));
        assertThat(Objects.requireNonNull(forced.failure).getParam()).isEqualTo("tool_choice");
    }

    @Test
    void logprobsComeWithEachToken() {
        Heard heard =
                chat("What is Millrace?", "", Asked.greedy(8).setLogprobs(true).setTopLogprobs(3));
        List<TokenLogprob> logprobs = heard.logprobs(0);
        assertThat(logprobs).hasSize(8);
        for (TokenLogprob one : logprobs) {
            assertThat(one.getTop()).hasSize(3);
            assertThat(one.getTop().get(0)).isEqualTo(one.getChosen());
            assertThat(one.getChosen().getLogprob()).isBetween(-5.0, 1e-6);
            double mass = one.getTop().stream()
                    .mapToDouble(top -> Math.exp(top.getLogprob()))
                    .sum();
            assertThat(mass).isCloseTo(1, within(0.5)).isLessThan(1.0001);
        }
    }

    @Test
    void aStopStringEndsTheContent() {
        Heard heard = chat("Count to 100.", "", Asked.greedy(100).setStop(List.of("7,")));
        assertThat(heard.text(0)).isEqualTo("1, 2, 3, 4, 5, 6, ");
        assertThat(heard.finishReason(0)).isEqualTo("stop");
    }

    @Test
    void aSecondTurnAndSeveralChoicesReadOnlyWhatIsNew() {
        String story = "Tell me a story about a mill, a race and a very long river that never ends, please.";
        Heard first = chat(story, "", Asked.greedy(30));
        assertThat(first.failure).isNull();
        Heard again = chat(
                story,
                "",
                Sampling.newBuilder()
                        .setSeed(3)
                        .setTemperature(1.0)
                        .setMaxTokens(20)
                        .setChoices(3));
        assertThat(again.cachedTokens()).isGreaterThanOrEqualTo(16).isLessThan(again.promptTokens());
        assertThat(List.of(again.tokens(0), again.tokens(1), again.tokens(2))).doesNotHaveDuplicates();
    }

    @Test
    void theModelsOwnSamplingHoldsWhereARequestSaysNothing() {
        Heard one =
                chat("Tell me a story.", "", Sampling.newBuilder().setSeed(11).setMaxTokens(40));
        Heard same =
                chat("Tell me a story.", "", Sampling.newBuilder().setSeed(11).setMaxTokens(40));
        assertThat(one.failure).isNull();
        assertThat(same.tokens(0)).isEqualTo(one.tokens(0));
    }
}
