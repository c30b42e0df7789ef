package dev.millrace.gpu.model.schema;

import static dev.millrace.gpu.model.schema.DemoForms.DEMO;
import static dev.millrace.gpu.model.schema.DemoForms.END;
import static dev.millrace.gpu.model.schema.DemoForms.JSON;
import static dev.millrace.gpu.model.schema.DemoForms.VOCABULARY;
import static dev.millrace.gpu.model.schema.DemoForms.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.event.ToolCallDelta;
import dev.millrace.gpu.model.parse.OutputDelta;
import dev.millrace.gpu.model.parse.OutputFormat;
import dev.millrace.gpu.model.parse.OutputParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Calls whose parameters stand bare between tags are kept to their schemas as those in JSON are. */
class MarkupFormsTest {

    private static final int TOOLS = Integer.getInteger("schemas.count", 80) / 2;
    private static final String BEFORE = "\n<tool_call>\n<function=f>\n";
    private static final String AFTER = "</function>\n</tool_call>";

    @Test
    void parametersComeInAnyOrderEachOnceTheRequiredOnesAlways() {
        String schema =
                "{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'integer'}},'required':['a']}";
        String a = parameter("a", "x");
        String b = parameter("b", "1");
        admits(schema, List.of(a, a + b, b + a), List.of("", b, a + a, a + b + b, a + parameter("c", "1")));
    }

    @Test
    void textsStandBareAndOtherValuesAreJson() {
        admits(
                "{'properties':{'a':{'type':'string'}}}",
                List.of(
                        "",
                        parameter("a", ""),
                        parameter("a", "\"quoted\" \\ back"),
                        parameter("a", "two\nlines\n\n and a < b </param 你好 😀"),
                        parameter("a", "\n</function>")),
                List.of(
                        parameter("a", "x</parameter>y"),
                        parameter("a", "x</tool_call>"),
                        parameter("a", "<tool_call>"),
                        "<parameter=a>\nx</parameter>\n"));
        admits(
                "{'properties':{'a':{'type':['integer','null']}}}",
                List.of(parameter("a", "-5"), parameter("a", "null")),
                List.of(parameter("a", "five"), parameter("a", "'5'"), parameter("a", "")));
        admits(
                "{'properties':{'a':{'type':'array','items':{'type':'string'}}}}",
                List.of(parameter("a", "[]"), parameter("a", "[\"x\", \"y\"]")),
                List.of(parameter("a", "x"), parameter("a", "[x]")));
    }

    @Test
    void whatASchemaSaysOfATextHoldsForOneThatStandsBare() {
        admits(
                "{'properties':{'a':{'type':'string','minLength':2,'maxLength':3}}}",
                List.of(parameter("a", "ab"), parameter("a", "你😀\n")),
                List.of(parameter("a", "a"), parameter("a", "abcd")));
        admits(
                "{'properties':{'a':{'enum':['red','dark red']}}}",
                List.of(parameter("a", "red"), parameter("a", "dark red")),
                List.of(parameter("a", "dark"), parameter("a", "\"red\"")));
        admits(
                "{'properties':{'a':{'$ref':'#/$defs/code'}},'$defs':{'code':{'type':'string','pattern':'^[A-Z]{2}$'}}}",
                List.of(parameter("a", "AB")), List.of(parameter("a", "ab")));
    }

    @Test
    void aToolWithoutASchemaMayBeCalledWithAnything() {
        for (String schema : List.of("null", "{}", "{'type':'object'}")) {
            admits(schema, List.of("", parameter("any_name", "x")), List.of(parameter("", "x")));
        }
        admits("{'type':'object','additionalProperties':false}", List.of(""), List.of(parameter("a", "x")));
        admits(
                "{'type':'object','additionalProperties':{'type':'integer'}}",
                List.of(parameter("a", "1")),
                List.of(parameter("a", "x")));
    }

    @Test
    void severalCallsMayFollowEachOther() {
        CompiledForm form = form(json("{}"), 2);
        String one = BEFORE.strip() + "\n" + AFTER;
        assertThat(admits(form, one + "\n" + one)).isTrue();
        assertThat(admits(form, one + "\n" + one + "\n" + one)).isFalse();
        assertThat(admits(form, one.replace("=f", "=g"))).isFalse();
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        assertThatThrownBy(() -> form(json("{'properties':{'a>b':{}}}"), 1))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("a>b");
        assertThatThrownBy(() -> form(json("{'type':'string'}"), 1)).isInstanceOf(SchemaException.class);
    }

    /** What a client gets of an instance that is written as the model was taught is that instance. */
    @Test
    void instancesAreAdmittedTokenByTokenAndReadAsWhatTheyAre() throws JsonProcessingException {
        for (long seed = 0; seed < TOOLS; seed++) {
            Random random = new Random(seed);
            JsonNode parameters = parameters(seed);
            FormPlace place = form(parameters, 1).begin();
            ObjectNode instance = (ObjectNode) new RandomSchemas(seed).instance(parameters);
            StringBuilder text = new StringBuilder(BEFORE);
            for (Map.Entry<String, JsonNode> member : instance.properties()) {
                JsonNode value = member.getValue();
                text.append(parameter(member.getKey(), value.isTextual() ? value.textValue() : value.toString()));
            }
            text.append(AFTER);
            for (int token : DemoForms.tokens(text.toString(), longest -> 1 + random.nextInt(longest))) {
                assertThat(place.allowed().get(token))
                        .as("seed %s, %s in %s of %s", seed, DEMO.decode(new int[] {token}, false), text, parameters)
                        .isTrue();
                place.advance(token);
            }
            assertThat(place.mayEnd()).isTrue();
            assertThat(JSON.readTree(arguments(parameters, text.toString())))
                    .as("seed %s, %s", seed, parameters)
                    .isEqualTo(JSON.readTree(instance.toString()));
        }
    }

    /** Whatever is chosen of what the masks allow, there is a way on, and what a client gets of the call is valid. */
    @Test
    void anyWayThroughTheMasksGivesACallThatValidates() throws Exception {
        for (long seed = 0; seed < TOOLS; seed++) {
            JsonNode parameters = parameters(seed);
            FormPlace place = form(parameters, 1).begin();
            Random random = new Random(seed);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            int room = 10 + random.nextInt(100);
            int token = 0;
            for (int step = 0; token != END; step++) {
                assertThat(step).as("seed %s: %s", seed, text).isLessThan(4000);
                boolean closes = step > room || step % 30 > 15;
                token = DemoForms.choose(closes ? place.closing() : place.allowed(), random);
                assertThat(token).as("a way on from %s", text).isNotNegative();
                if (token != END) {
                    text.writeBytes(DEMO.bytes(token));
                    place.advance(token);
                }
            }
            String call = text.toString(StandardCharsets.UTF_8);
            DemoForms.assertValid(parameters, arguments(parameters, call), seed);
        }
    }

    /** However a mask is arrived at, it is what reading each token by itself would give. */
    @Test
    void masksAreWhatEachTokenByItselfSays() {
        for (String schema : List.of(
                "{'properties':{'a':{'type':'string'}}}",
                "{'properties':{'a':{'type':'string','minLength':3,'maxLength':9}}}",
                "{'properties':{'a':{'type':'string','pattern':'^([a-z]{1,5} ){2,30}$','maxLength':80}}}")) {
            Random random = new Random(1);
            Automaton state = form(json(schema), 1).start();
            for (byte octet : (BEFORE + "<parameter=a>\n").getBytes(StandardCharsets.UTF_8)) {
                state = state.read(octet);
            }
            for (int step = 0; step < 40 && !state.mayEnd(); step++) {
                BitSet expected = new BitSet();
                for (int token : DemoForms.TOKENS.values()) {
                    expected.set(token, !VOCABULARY.read(state, token).isDead());
                }
                assertThat(VOCABULARY.allowed(state))
                        .as("step %s for %s", step, schema)
                        .isEqualTo(expected);
                state = VOCABULARY.read(state, DemoForms.choose(expected, random));
            }
        }
    }

    /** Some parameters, of schemas that have no definitions; a text beside numbers would be read as one of them. */
    private static JsonNode parameters(long seed) {
        Random random = new Random(~seed);
        ObjectNode parameters = JSON.createObjectNode().put("type", "object").put("additionalProperties", false);
        ObjectNode properties = parameters.putObject("properties");
        for (int i = 0; properties.size() < 1 + seed % 4; i++) {
            JsonNode schema = new RandomSchemas(seed * 100 + i).schema();
            properties.set("p" + i, schema);
            Set<String> types = types(parameters, "p" + i);
            if (schema.has("$ref") || schema.has("anyOf") && types.contains("string") && types.size() > 1) {
                properties.remove("p" + i);
            } else if (random.nextBoolean()) {
                parameters.withArray("required").add("p" + i);
            }
        }
        return parameters;
    }

    private static Set<String> types(JsonNode parameters, String name) {
        return new ToolTypes(tools(parameters)).of("f", name);
    }

    private static JsonNode tools(JsonNode parameters) {
        ObjectNode tool = JSON.createObjectNode();
        tool.putObject("function").put("name", "f").set("parameters", parameters);
        return JSON.createArrayNode().add(tool);
    }

    private static CompiledForm form(JsonNode parameters, int most) {
        CallableTool tool = new CallableTool("f", parameters.isNull() ? null : parameters, true);
        return AnswerForm.ofCalls(OutputFormat.MARKUP, List.of(tool), most, tag -> OptionalInt.empty())
                .compile(VOCABULARY);
    }

    private static void admits(String schema, List<String> right, List<String> wrong) {
        CompiledForm form = form(json(schema), 1);
        right.forEach(
                text -> assertThat(admits(form, BEFORE + text + AFTER)).as(text).isTrue());
        wrong.forEach(
                text -> assertThat(admits(form, BEFORE + text + AFTER)).as(text).isFalse());
    }

    private static boolean admits(CompiledForm form, String text) {
        Automaton state = form.start();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            state = state.read(octet & 0xFF);
        }
        return state.mayEnd();
    }

    private static String parameter(String name, String value) {
        return "<parameter=" + name + ">\n" + value + "\n</parameter>\n";
    }

    private static String arguments(JsonNode parameters, String text) {
        OutputParser parser =
                new OutputParser(OutputFormat.MARKUP, false, new ToolTypes(tools(parameters)), index -> "call");
        OutputDelta delta = parser.push(text);
        assertThat(parser.finish()).isEqualTo(OutputDelta.NOTHING);
        assertThat(delta.content() + delta.reasoning()).isEmpty();
        return delta.toolCalls().stream().map(ToolCallDelta::getArguments).collect(Collectors.joining());
    }
}
