package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An answer that is cut off anywhere and gone on with by another worker is the same whole: in the middle of a thought, of
 * a tool call, of a form, of what may become a stop string. {@code -Dgoing.cuts=N} cuts it at more places.
 */
class GoingOnTest {

    private static final String TOOLS = """
            ,"tools":[{"type":"function","function":{"name":"get_weather","description":"Get the weather of a city",
            "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]""";
    private static final String FORM = """
            {"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object",
            "properties":{"city":{"type":"string","maxLength":12},"size":{"type":"integer"}},
            "required":["city","size"],"additionalProperties":false}}}""";

    private static final int CUTS = Integer.getInteger("going.cuts", 6);

    private static Map<String, List<DjlGenerator>> workers = Map.of();

    @BeforeAll
    static void load() throws IOException {
        workers = Map.of("qwen3-demo", two("qwen3-demo"), "deepseek-demo", two("deepseek-demo"));
    }

    private static List<DjlGenerator> two(String model) throws IOException {
        return List.of(DemoModelsTest.load(model, Precision.FLOAT32), DemoModelsTest.load(model, Precision.FLOAT32));
    }

    @AfterAll
    static void close() {
        workers.values().forEach(pair -> pair.forEach(DjlGenerator::close));
    }

    private static InferenceRequested asked(String question, String more, Sampling.Builder sampling, boolean form) {
        String prompt = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}]" + more + "}";
        return Asked.request(
                "r", RequestKind.CHAT, prompt, sampling, request -> request.setResponseFormat(form ? FORM : null));
    }

    /** What it gets uncut, after cutting it here and there from end to end, all of these beside one another. */
    private static Heard cutEverywhere(String model, InferenceRequested request) {
        List<DjlGenerator> pair = Objects.requireNonNull(workers.get(model));
        DjlGenerator first = pair.get(0);
        DjlGenerator second = pair.get(1);
        Asking whole = new Asking(request, List.of(), false);
        Heard heard = whole.runAlone(first);
        int pieces = heard.pieces.size();
        List<Asking> cut = IntStream.iterate(1, at -> at < pieces, at -> at + Math.max(1, pieces / CUTS))
                .mapToObj(at -> whole.cutAfter(List.of(at, 2)))
                .toList();
        cut.forEach(one -> one.start(first));
        List<Asking> open = new ArrayList<>(cut);
        while (!open.isEmpty()) {
            open.removeIf(one -> one.goOn(second));
        }
        assertThat(cut).allSatisfy(one -> assertThat(one.takeovers()).isBetween(1, 2));
        return heard;
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void aToolCall(String model) {
        Heard heard = cutEverywhere(model, asked("What is the weather in Paris?", TOOLS, Asked.greedy(100), false));
        assertThat(heard.toolCalls(0)).isNotEmpty();
        assertThat(heard.finishReason(0)).isEqualTo("tool_calls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void aCallOfAStrictTool(String model) {
        String strict = TOOLS.replace("\"parameters\"", "\"strict\":true,\"parameters\"");
        Sampling.Builder hot =
                Sampling.newBuilder().setSeed(5).setTemperature(1.0).setMaxTokens(80);
        hot.setLogitBias(Map.of(model.equals("qwen3-demo") ? "4090" : "4085", 8.0));
        Heard heard = cutEverywhere(model, asked("What is the weather in Paris?", strict, hot, false));
        assertThat(heard.toolCalls(0)).isNotEmpty();
    }

    @Test
    void aThought() {
        String thinking = ",\"arguments\":{\"enable_thinking\":true}";
        Heard heard = cutEverywhere("qwen3-demo", asked("10 + 10 = ?", thinking, Asked.greedy(100), false));
        assertThat(heard.reasoning(0)).isNotEmpty();
        assertThat(heard.text(0)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void aForm(String model) {
        Sampling.Builder hot =
                Sampling.newBuilder().setSeed(5).setTemperature(1.0).setMaxTokens(120);
        Heard heard = cutEverywhere(
                model,
                asked("Name a city.", ",\"arguments\":{\"enable_thinking\":false}", hot.setIgnoreEos(true), true));
        assertThat(heard.text(0).strip()).startsWith("{").endsWith("}");
        assertThat(heard.finishReason(0)).isEqualTo("stop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void whatMayBecomeAStopString(String model) {
        Sampling.Builder stopping = Asked.greedy(100).setStop(List.of("12, 13", ", 9, x", "7, 8, 9, 11"));
        Heard heard = cutEverywhere(model, asked("Count to 100.", "", stopping.setChoices(2), false));
        assertThat(heard.text(0)).doesNotContain("12, 13");
    }

    @Test
    void penaltiesNoiseAndLogprobs() {
        Sampling.Builder sampling = Sampling.newBuilder()
                .setSeed(8)
                .setTemperature(1.1)
                .setRepetitionPenalty(1.2)
                .setFrequencyPenalty(0.4)
                .setMinTokens(30)
                .setMaxTokens(50)
                .setLogprobs(true)
                .setTopLogprobs(2);
        Heard heard = cutEverywhere("qwen3-demo", asked("Tell me a story.", "", sampling, false));
        assertThat(heard.tokens(0)).hasSizeGreaterThanOrEqualTo(30);
    }
}
