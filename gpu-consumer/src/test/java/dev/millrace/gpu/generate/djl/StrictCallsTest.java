package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.generate.Delivered;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that may call a strict tool does so as the tool's schema says, however hot it samples, and is free else. */
class StrictCallsTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String SCHEMA = """
            {"type":"object","properties":{"city":{"type":"string","maxLength":20},
            "days":{"type":"integer","minimum":1,"maximum":5}},"required":["city","days"],
            "additionalProperties":false}""";
    private static final String WEATHER = "What is the weather in Paris?";
    private static final String SELECTED = """
            {"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[
            {"type":"function","function":{"name":"get_weather"}}]}}""";
    private static final int SEEDS = 32;

    /** Fewer do where nearly each seed has a call, and one that is wrong without strict. */
    private static final int SURE_SEEDS = 12;

    private static Map<String, DjlGenerator> models = Map.of();

    @BeforeAll
    static void load() throws IOException {
        models = Map.of(
                "qwen3-demo", DemoModelsTest.load("qwen3-demo", Precision.FLOAT32, SEEDS),
                "deepseek-demo", DemoModelsTest.load("deepseek-demo", Precision.FLOAT32, SEEDS));
    }

    @AfterAll
    static void close() {
        models.values().forEach(DjlGenerator::close);
    }

    /** The tag that opens calls. */
    private static int tag(String model) {
        return model.equals("qwen3-demo") ? 4090 : 4085;
    }

    private static int end(String model) {
        return model.equals("qwen3-demo") ? 4089 : 4081;
    }

    /** @param toCall by how much calls are made likelier, of which these small models are but half sure */
    private static Sampling.Builder hot(String model, long seed, int maxTokens, double toCall) {
        return Sampling.newBuilder()
                .setLogitBias(Map.of("" + tag(model), toCall))
                .setSeed(seed)
                .setTemperature(1.0)
                .setTopP(1.0)
                .setTopK(0)
                .setMaxTokens(maxTokens);
    }

    private static InferenceRequested asked(
            String question, boolean strict, Sampling.Builder sampling, Consumer<InferenceRequested.Builder> more) {
        return asked(question, "", strict, sampling, more);
    }

    private static InferenceRequested asked(
            String question,
            String arguments,
            boolean strict,
            Sampling.Builder sampling,
            Consumer<InferenceRequested.Builder> more) {
        String prompt = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}],\"tools\":[{\"type\":"
                + "\"function\",\"function\":{\"name\":\"get_weather\",\"description\":\"Get the weather of a city\","
                + "\"parameters\":" + SCHEMA + ",\"strict\":" + strict + "}}]" + arguments + "}";
        return Asked.request("r", RequestKind.CHAT, prompt, sampling, more);
    }

    private static Heard start(String model, InferenceRequested request) {
        Heard heard = new Heard();
        Objects.requireNonNull(models.get(model)).start(Asked.task(request), heard);
        return heard;
    }

    private static int calls(Heard heard) {
        return heard.toolCalls(0).stream()
                .mapToInt(call -> call.getIndex() + 1)
                .max()
                .orElse(0);
    }

    /** The calls whose arguments are not as the schema says. */
    private static List<Integer> broken(Heard heard) {
        List<Integer> broken = new ArrayList<>();
        for (int index = 0; index < calls(heard); index++) {
            StringBuilder arguments = new StringBuilder();
            for (ToolCallDelta call : heard.toolCalls(0)) {
                arguments.append(call.getIndex() == index ? call.getArguments() : "");
                assertThat(call.getName()).isIn("get_weather", null);
            }
            if (!isValid(arguments.toString())) {
                broken.add(index);
            }
        }
        return broken;
    }

    /** What looks like a call and is none is given as text. */
    private static boolean hasStray(Heard heard) {
        return heard.text(0).contains("<tool_call>") || heard.text(0).contains("<｜tool▁calls▁begin｜>");
    }

    private static void assertKept(List<Heard> heard) {
        for (Heard one : heard) {
            // One that began when there was little room left may be cut off.
            boolean cut = "length".equals(one.awaitFinished().finishReason(0));
            assertThat(broken(one)).as("%s", one.toolCalls(0)).isSubsetOf(cut ? List.of(calls(one) - 1) : List.of());
            assertThat(hasStray(one)).as(one.text(0)).isFalse();
        }
        assertThat(heard.stream().filter(one -> calls(one) > broken(one).size()))
                .hasSizeGreaterThan(heard.size() / 2);
    }

    private static boolean isValid(String arguments) {
        try {
            JsonNode value = JSON.readTree(arguments);
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(SCHEMA)
                    .validate(value)
                    .isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void everyCallIsAsTheSchemaSays(String model) {
        List<Heard> strict = new ArrayList<>();
        List<Heard> free = new ArrayList<>();
        for (int seed = 0; seed < SURE_SEEDS; seed++) {
            strict.add(start(model, asked(WEATHER, true, hot(model, seed, 150, 8), request -> {})));
            free.add(start(model, asked(WEATHER, false, hot(model, seed, 150, 8), request -> {})));
        }
        assertKept(strict);
        free.forEach(Heard::awaitFinished);
        assertThat(free.stream().filter(one -> hasStray(one) || !broken(one).isEmpty()))
                .hasSizeGreaterThan(SURE_SEEDS / 2);
    }

    /** Ends are unlikely and openings likely, so that one call follows the other. */
    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void soIsEachOfSeveral(String model) {
        List<Heard> heard = new ArrayList<>();
        for (int seed = 0; seed < SURE_SEEDS; seed++) {
            Sampling.Builder sampling = hot(model, seed, 200, 8);
            sampling.setLogitBias(Map.of("" + tag(model), 8.0, "" + end(model), -100.0));
            heard.add(start(model, asked(WEATHER, true, sampling, request -> request.setParallelToolCalls(true))));
        }
        assertKept(heard);
        assertThat(heard.stream().filter(one -> calls(one) > 1)).hasSizeGreaterThan(SURE_SEEDS / 2);
    }

    /** Gone on with after a thought, in which the tag means nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void soIsOneAfterAThought(String model) {
        boolean opened = model.equals("deepseek-demo");
        DjlTokenizer tokenizer = DjlTokenizer.load(Path.of("src/main/models", model));
        String tag = tokenizer.vocabulary().decode(new int[] {tag(model)}, false);
        int[] thought =
                tokenizer.encode((opened ? "" : "<think>\n") + "I may write " + tag + " now.\n</think>\n\n", false);
        Delivered before = new Delivered(0, Arrays.stream(thought).boxed().toList(), "", null);
        List<Heard> heard = new ArrayList<>();
        for (int seed = 0; seed < SURE_SEEDS; seed++) {
            String arguments = ",\"arguments\":{\"" + (opened ? "thinking" : "enable_thinking") + "\":true}";
            InferenceRequested request = asked(WEATHER, arguments, true, hot(model, seed, 200, 14), more -> {});
            Heard one = new Heard();
            Objects.requireNonNull(models.get(model)).start(Asked.after(request, List.of(before)), one);
            heard.add(one);
        }
        assertKept(heard);
    }

    /** Qwen's template tells the model of what is strict; a selection of all tools holds a call too, and is not told. */
    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void whatIsNoCallIsWhatItWouldHaveBeen(String model) {
        boolean told = model.equals("qwen3-demo");
        List<Heard> held = new ArrayList<>();
        List<Heard> free = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            String question = seed % 4 == 0 ? WEATHER : "Tell me a story.";
            Sampling.Builder sampling = hot(model, seed, 60, told ? 4 : -12).setIgnoreEos(seed % 2 == 0);
            String choice = told ? SELECTED : null;
            held.add(start(model, asked(question, !told, sampling, request -> request.setToolChoice(choice))));
            free.add(start(model, asked(question, false, sampling, request -> {})));
        }
        int texts = 0;
        int calls = 0;
        for (int i = 0; i < SEEDS; i++) {
            Heard one = held.get(i).awaitFinished();
            Heard other = free.get(i).awaitFinished();
            int opening = one.tokens(0).indexOf(tag(model));
            if (opening < 0) {
                assertThat(one.tokens(0)).isEqualTo(other.tokens(0));
                texts++;
            } else {
                assertThat(other.tokens(0))
                        .startsWith(one.tokens(0).subList(0, opening + 1).toArray(Integer[]::new));
                calls++;
            }
        }
        assertThat(texts).isGreaterThan(SEEDS / 2);
        assertThat(calls).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void anotherWorkerGoesOnAlikeFromAnywhere(String model) {
        InferenceRequested request = asked(WEATHER, true, hot(model, 3, 60, 8), more -> {});
        Heard whole = start(model, request).awaitFinished();
        assertThat(calls(whole)).isPositive();
        List<Heard> rests = new ArrayList<>();
        for (int cut = 1; cut < whole.pieces.size(); cut++) {
            Heard rest = new Heard();
            Objects.requireNonNull(models.get(model))
                    .start(Asked.after(request, Heard.delivered(whole.pieces.subList(0, cut))), rest);
            rests.add(rest);
        }
        for (int cut = 1; cut < whole.pieces.size(); cut++) {
            List<Integer> tokens = new ArrayList<>();
            whole.pieces.subList(0, cut).forEach(piece -> tokens.addAll(piece.tokenIds()));
            tokens.addAll(rests.get(cut - 1).awaitFinished().tokens(0));
            assertThat(tokens).as("cut after %s pieces", cut).isEqualTo(whole.tokens(0));
        }
    }

    @Test
    void aSchemaThatCannotBeKeptToIsRefused() {
        InferenceRequested request = asked(
                WEATHER,
                true,
                hot("qwen3-demo", 1, 10, 0),
                more -> more.setPrompt(more.getPrompt().replace("\"maximum\":5", "\"dependentRequired\":{}")));
        Heard heard = start("qwen3-demo", request).awaitEnd();
        assertThat(Objects.requireNonNull(heard.failure).getStatus()).isEqualTo(400);
        assertThat(heard.failure.getParam()).isEqualTo("tools");
        assertThat(heard.failure.getMessage()).contains("dependentRequired");
    }
}
