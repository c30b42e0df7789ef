package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dev.millrace.event.InferenceRequested;
import dev.millrace.event.RequestKind;
import dev.millrace.event.Sampling;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.model.schema.RandomSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must have a form has it, however hot the model samples: JSON by a schema, and calls of tools. */
class StructuredTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int SCHEMAS = Integer.getInteger("schemas.count", 24);
    private static final int AT_ONCE = 100;

    /** One answer in five says all that it may, and is brought to its end. */
    private static final int BUDGET = 300;

    private static final String NO_THOUGHT = ",\"arguments\":{\"enable_thinking\":false}";
    private static final String MESSAGES = "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}";
    private static final String TOOLS = """
            ,"tools":[{"type":"function","function":{"name":"get_weather","description":"Get the weather of a city",
            "parameters":{"type":"object","properties":{"city":{"type":"string","maxLength":20},
            "days":{"type":"integer","minimum":1,"maximum":5}},"required":["city","days"],
            "additionalProperties":false}}},
            {"type":"function","function":{"name":"get_time","description":"Get the time",
            "parameters":{"type":"object","properties":{},"additionalProperties":false}}}]""";
    private static final String CITY_SCHEMA = """
            {"type":"object","properties":{"city":{"type":"string","maxLength":20},"size":{"type":"integer"}},
            "required":["city","size"],"additionalProperties":false}""";

    private static DjlGenerator qwen;
    private static DjlGenerator deepSeek;

    @BeforeAll
    static void load() throws IOException {
        qwen = DemoModelsTest.load("qwen3-demo", Precision.FLOAT32, 2 * AT_ONCE);
        deepSeek = DemoModelsTest.load("deepseek-demo", Precision.FLOAT32, AT_ONCE);
    }

    @AfterAll
    static void close() {
        qwen.close();
        deepSeek.close();
    }

    private static Sampling.Builder hot(long seed, int maxTokens) {
        return Sampling.newBuilder()
                .setSeed(seed)
                .setTemperature(1.0)
                .setTopP(1.0)
                .setMaxTokens(maxTokens);
    }

    private static InferenceRequested chat(
            String question, String more, Sampling.Builder sampling, Consumer<InferenceRequested.Builder> extra) {
        return Asked.request("r", RequestKind.CHAT, MESSAGES.formatted(question, more), sampling, extra);
    }

    private static Heard start(DjlGenerator generator, InferenceRequested request) {
        Heard heard = new Heard();
        generator.start(Asked.task(request), heard);
        return heard;
    }

    private static String format(JsonNode schema) {
        ObjectNode format = JSON.createObjectNode().put("type", "json_schema");
        format.putObject("json_schema").put("name", "answer").set("schema", schema);
        return format.toString();
    }

    @Test
    void answersBySchemaEndByThemselvesAndValidate() {
        int ended = 0;
        int freelyValid = 0;
        List<String> unended = new ArrayList<>();
        for (int from = 0; from < SCHEMAS; from += AT_ONCE) {
            List<JsonNode> schemas = new ArrayList<>();
            List<Heard> heard = new ArrayList<>();
            List<Heard> free = new ArrayList<>();
            for (int seed = from; seed < Math.min(SCHEMAS, from + AT_ONCE); seed++) {
                JsonNode schema = new RandomSchemas(seed).schema();
                schemas.add(schema);
                heard.add(start(
                        qwen,
                        chat("Name a city.", NO_THOUGHT, hot(seed, BUDGET), r -> r.setResponseFormat(format(schema)))));
                free.add(start(qwen, chat("Name a city.", NO_THOUGHT, hot(seed, 30), r -> {})));
            }
            for (int i = 0; i < schemas.size(); i++) {
                Heard one = heard.get(i).awaitFinished();
                if ("stop".equals(one.finishReason(0))) {
                    ended++;
                    assertThat(isValid(schemas.get(i), one.text(0)))
                            .as("%s for %s", one.text(0), schemas.get(i))
                            .isTrue();
                } else {
                    unended.add(one.text(0) + " for " + schemas.get(i));
                }
                String unbound = free.get(i).awaitFinished().text(0);
                freelyValid += isValid(schemas.get(i), unbound) ? 1 : 0;
            }
        }
        assertThat(ended).as("of %s, not: %s", SCHEMAS, unended).isGreaterThanOrEqualTo((int)
                Math.ceil(0.95 * SCHEMAS));
        assertThat(freelyValid).isLessThan(SCHEMAS / 2);
    }

    private static boolean isValid(JsonNode schema, String text) {
        try {
            JsonNode value = JSON.reader()
                    .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .readTree(text);
            SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                    .nullableKeywordEnabled(true)
                    .build();
            JsonSchema validator = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema, config);
            return !value.isMissingNode() && validator.validate(value).isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    @Test
    void anyObjectIsAnObject() throws JsonProcessingException {
        List<Heard> heard = new ArrayList<>();
        for (int seed = 0; seed < 8; seed++) {
            heard.add(start(
                    qwen,
                    chat(
                            "Describe Paris.",
                            NO_THOUGHT,
                            hot(seed, 300),
                            r -> r.setResponseFormat("{\"type\":\"json_object\"}"))));
        }
        int ended = 0;
        for (Heard one : heard) {
            if ("stop".equals(one.awaitFinished().finishReason(0))) {
                ended++;
                assertThat(JSON.readTree(one.text(0)).isObject()).isTrue();
            }
        }
        assertThat(ended).isGreaterThanOrEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-demo", "deepseek-demo"})
    void aForcedCallIsMadeAndItsArgumentsValidate(String model) throws JsonProcessingException {
        DjlGenerator generator = model.startsWith("qwen") ? qwen : deepSeek;
        JsonNode parameters = JSON.readTree("{" + TOOLS.substring(1) + "}").at("/tools/0/function/parameters");
        String named = "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}";
        List<Heard> heard = new ArrayList<>();
        for (int seed = 0; seed < 12; seed++) {
            heard.add(start(generator, chat("Tell me a story.", TOOLS, hot(seed, 400), r -> r.setToolChoice(named)
                    .setParallelToolCalls(false))));
        }
        int ended = 0;
        for (Heard one : heard) {
            one.awaitFinished();
            assertThat(one.text(0)).isEmpty();
            if ("tool_calls".equals(one.finishReason(0))) {
                ended++;
                assertThat(one.toolCalls(0).get(0).getName()).isEqualTo("get_weather");
                assertThat(one.toolCalls(0)).allMatch(call -> call.getIndex() == 0);
                assertThat(isValid(parameters, arguments(one, 0))).isTrue();
            }
        }
        assertThat(ended).isGreaterThanOrEqualTo(11);
        Heard required = start(
                        generator,
                        chat("What is the weather?", TOOLS, Asked.greedy(400), r -> r.setToolChoice("\"required\"")))
                .awaitFinished();
        assertThat(required.text(0)).isEmpty();
        assertThat(required.toolCalls(0)).isNotEmpty();
    }

    /** As Qwen3-Coder writes them: the demo model, told so by its template. */
    @Test
    void callsInMarkupAreKeptToTheirSchemasToo(@TempDir Path directory) throws IOException {
        Path model = Path.of("src/main/models/qwen3-demo").toAbsolutePath();
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                Files.createSymbolicLink(directory.resolve(file.getFileName()), file);
            }
        }
        Files.writeString(directory.resolve("chat_template.jinja"), """
                {%- for message in messages %}<|im_start|>{{ message.role }}
                {{ message.content }}<|im_end|>
                {% endfor %}<|im_start|>assistant
                {# <tool_call> <function=name> #}""");
        JsonNode parameters = JSON.readTree("{" + TOOLS.substring(1) + "}").at("/tools/0/function/parameters");
        try (DjlGenerator generator = DemoModelsTest.load(directory, Precision.FLOAT32, AT_ONCE)) {
            Heard heard = start(
                            generator,
                            chat("Tell me a story.", TOOLS, Asked.greedy(400), r -> r.setToolChoice("\"required\"")))
                    .awaitFinished();
            assertThat(heard.finishReason(0)).isEqualTo("tool_calls");
            assertThat(heard.text(0)).isEmpty();
            for (ToolCallDelta call : heard.toolCalls(0)) {
                JsonNode schema = "get_time".equals(call.getName()) ? JSON.createObjectNode() : parameters;
                assertThat(call.getName() == null || isValid(schema, arguments(heard, call.getIndex())))
                        .isTrue();
            }
        }
    }

    private static String arguments(Heard heard, int index) {
        return String.join(
                "",
                heard.toolCalls(0).stream()
                        .filter(call -> call.getIndex() == index)
                        .map(ToolCallDelta::getArguments)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"enable_thinking", "thinking"})
    void aThoughtMayComeFirst(String argument) throws JsonProcessingException {
        DjlGenerator generator = argument.equals("thinking") ? deepSeek : qwen;
        JsonNode schema = JSON.readTree(CITY_SCHEMA);
        Heard heard = start(
                        generator,
                        chat(
                                "10 + 10 = ?",
                                ",\"arguments\":{\"" + argument + "\":true}",
                                Asked.greedy(400),
                                r -> r.setResponseFormat(format(schema))))
                .awaitFinished();
        assertThat(heard.reasoning(0)).isNotEmpty();
        assertThat(heard.finishReason(0)).isEqualTo("stop");
        assertThat(isValid(schema, heard.text(0))).as(heard.text(0)).isTrue();
    }

    @Test
    void anotherWorkerGoesOnInTheForm() throws JsonProcessingException {
        JsonNode schema = JSON.readTree(CITY_SCHEMA);
        InferenceRequested request = chat("Name a city.", "", hot(5, 200), r -> r.setResponseFormat(format(schema)));
        Heard whole = start(qwen, request).awaitFinished();
        assertThat(isValid(schema, whole.text(0))).isTrue();
        for (int cut = 1; cut < whole.pieces.size(); cut += 3) {
            Heard rest = new Heard();
            qwen.start(Asked.after(request, Heard.delivered(whole.pieces.subList(0, cut))), rest);
            rest.awaitFinished();
            List<Integer> tokens = new ArrayList<>();
            whole.pieces.subList(0, cut).forEach(piece -> tokens.addAll(piece.tokenIds()));
            tokens.addAll(rest.tokens(0));
            assertThat(tokens).isEqualTo(whole.tokens(0));
        }
    }

    @Test
    void whatCannotBeKeptToIsRefusedByName() throws JsonProcessingException {
        JsonNode unsupported = JSON.readTree("{\"type\":\"object\",\"patternProperties\":{}}");
        Heard format = start(qwen, chat("Hi", "", hot(1, 10), r -> r.setResponseFormat(format(unsupported))))
                .awaitEnd();
        assertThat(Objects.requireNonNull(format.failure).getParam()).isEqualTo("response_format");
        assertThat(format.failure.getMessage()).contains("patternProperties");
        String tools =
                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + unsupported + "}}]";
        Heard tool = start(qwen, chat("Hi", tools, hot(1, 10), r -> r.setToolChoice("\"required\"")))
                .awaitEnd();
        assertThat(Objects.requireNonNull(tool.failure).getParam()).isEqualTo("tools");
        Heard unknown = start(qwen, chat("Hi", "", hot(1, 10), r -> r.setResponseFormat("{\"type\":\"xml\"}")))
                .awaitEnd();
        assertThat(Objects.requireNonNull(unknown.failure).getParam()).isEqualTo("response_format");
    }
}
