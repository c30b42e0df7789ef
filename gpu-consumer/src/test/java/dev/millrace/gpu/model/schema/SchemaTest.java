package dev.millrace.gpu.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.millrace.gpu.model.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Vocabulary DEMO = Vocabulary.read(Path.of("src", "main", "models", "qwen3-demo"));
    private static final int END = DEMO.id("<|im_end|>").orElseThrow();
    private static final FormVocabulary VOCABULARY = vocabulary();
    private static final int MAX_TOKEN_BYTES = 32;

    /** As many as the models' answers are held to where the full count is asked for. */
    private static final int SCHEMAS = Integer.getInteger("schemas.count", 80);

    /** A number between bounds is only known to need one more digit. */
    private static final int MAX_DIGITS = 24;

    private static final Map<String, Integer> TOKENS = tokens();
    private static final BitSet CLOSING = closing();

    private static Map<String, Integer> tokens() {
        Map<String, Integer> tokens = new HashMap<>();
        for (int id = 0; id < DEMO.size(); id++) {
            if (DEMO.contains(id) && !DEMO.isAdded(id)) {
                tokens.put(new String(DEMO.bytes(id), StandardCharsets.ISO_8859_1), id);
            }
        }
        return tokens;
    }

    private static BitSet closing() {
        BitSet closing = new BitSet();
        TOKENS.forEach((text, id) -> closing.set(id, text.matches("[\"\\]}]+")));
        return closing;
    }

    private static FormVocabulary vocabulary() {
        BitSet text = new BitSet();
        for (int id = 0; id < DEMO.size(); id++) {
            text.set(id, DEMO.contains(id) && !DEMO.isAdded(id));
        }
        BitSet ends = new BitSet();
        ends.set(END);
        return new FormVocabulary(text, new BitSet(), ends, DEMO::bytes);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static boolean admits(JsonNode schema, String text) {
        Automaton state = CompiledForm.ofSchema(schema, VOCABULARY).start();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            state = state.read(octet & 0xFF);
        }
        return state.mayEnd();
    }

    private static void admits(String schema, List<String> right, List<String> wrong) {
        JsonNode parsed = json(schema);
        right.forEach(text -> assertThat(admits(parsed, text)).as(text).isTrue());
        wrong.forEach(text -> assertThat(admits(parsed, text)).as(text).isFalse());
    }

    @Test
    void integersStayWithinTheirBounds() {
        admits(
                "{'type':'integer','minimum':-5,'maximum':120}",
                List.of("-5", "-1", "0", "7", "99", "100", "120", "-0"),
                List.of("-6", "121", "130", "1000", "01", "1.0", "", "-", "+1", "1e1"));
        admits("{'type':'integer','exclusiveMinimum':3,'exclusiveMaximum':5}", List.of("4"), List.of("3", "5", "-4"));
        admits("{'type':'integer','minimum':1234}", List.of("1234", "99999"), List.of("1", "123", "-1234"));
        admits("{'type':'integer','minimum':0.5,'maximum':2.5}", List.of("1", "2"), List.of("0", "3"));
    }

    @Test
    void numbersStayWithinTheirBounds() {
        admits(
                "{'type':'number','minimum':0,'exclusiveMaximum':1}",
                List.of("0", "0.0", "0.999", "0.5"),
                List.of("1", "1.0", "-0.1", "2", ".5", "0."));
        admits("{'type':'number'}", List.of("-1.5e-7", "0", "12E+3", "3.14"), List.of("1.", "--1", "00", "NaN"));
        admits(
                "{'type':'number','minimum':-2.5,'maximum':-1.25}",
                List.of("-2.5", "-2", "-1.25", "-1.9"),
                List.of("-1", "-3", "2", "-1.2"));
    }

    @Test
    void stringsAreCountedInCharactersHoweverTheyAreSpelled() {
        admits(
                "{'type':'string','minLength':1,'maxLength':2}",
                List.of("\"a\"", "\"é\"", "\"😀😀\"", "\"\\n\"", "\"\\u00e9a\"", "\"\\ud83d\\ude00b\"", "\"\\\"\\\\\""),
                List.of("\"\"", "\"abc\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\n\"", "\"\\x\"", "a", "\"a"));
    }

    @Test
    void stringsMatchTheirPattern() {
        admits(
                "{'type':'string','pattern':'^[A-Z]{2}\\\\\\\\d+$'}".replace("\\\\\\\\", "\\\\"),
                List.of("\"AB1\"", "\"AB123\"", "\"\\u0041B7\""),
                List.of("\"AB\"", "\"aB1\"", "\"xAB1\""));
        admits("{'type':'string','pattern':'b'}", List.of("\"abc\"", "\"b\""), List.of("\"ac\"", "\"\""));
        admits(
                "{'type':'string','pattern':'^(ab|cd)*$','minLength':4,'maxLength':5}",
                List.of("\"abcd\""),
                List.of("\"ab\"", "\"ababab\""));
        admits(
                "{'type':'string','pattern':'^ab?$|^x'}",
                List.of("\"a\"", "\"ab\"", "\"xyz\""),
                List.of("\"abb\"", "\"yx\""));
    }

    @Test
    void objectsTakeTheirMembersInAnyOrderEachOnce() {
        admits(
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'null'}},'required':['a'],'additionalProperties':false}",
                List.of("{\"a\":1}", "{ \"b\" : null, \"a\": 2 }", "{\"a\":1,\"b\":null}", "{\n  \"a\": 1\n}"),
                List.of(
                        "{\"\\u0061\":1}",
                        "{}",
                        "{\"b\":null}",
                        "{\"a\":1,\"a\":2}",
                        "{\"a\":1,}",
                        "{\"c\":1,\"a\":1}",
                        "{a:1}"));
        admits(
                "{'type':'object','properties':{'a':{'type':'integer'}},'additionalProperties':{'type':'boolean'}}",
                List.of("{}", "{\"b\":true}", "{\"ab\":false,\"a\":1}", "{\"\":true}"),
                List.of("{\"a\":true}", "{\"b\":1}"));
    }

    @Test
    void arraysHaveAsManyItemsAsTheyMay() {
        admits(
                "{'type':'array','items':{'type':'boolean'},'minItems':1,'maxItems':2}",
                List.of("[true]", "[ true , false ]"),
                List.of("[]", "[true,false,true]", "[1]", "[true,]"));
        admits("{'type':'array','maxItems':0}", List.of("[]", "[ ]"), List.of("[1]"));
    }

    @Test
    void valuesMayBeGiven() {
        admits(
                "{'enum':['a',1,null,{'k':[1,'x']}]}",
                List.of("\"a\"", "1", "null", "{\"k\": [1, \"x\"]}"),
                List.of("\"b\"", "2", "{\"k\":[1]}"));
        admits("{'const':'é'}", List.of("\"é\"", "\"\\u00e9\""), List.of("\"e\""));
        admits("{'type':'string','enum':['a',1]}", List.of("\"a\""), List.of("1"));
    }

    @Test
    void schemasMayNameThemselves() {
        admits(
                "{'$defs':{'t':{'type':'object','properties':{'n':{'anyOf':[{'$ref':'#/$defs/t'},{'type':'null'}]}},'required':['n'],'additionalProperties':false}},'$ref':'#/$defs/t'}",
                List.of("{\"n\":null}", "{\"n\":{\"n\":{\"n\":null}}}"),
                List.of("null", "{\"n\":{}}"));
        admits(
                "{'type':'array','items':{'$ref':'#'}}",
                List.of("[]", "[[],[[]]]", "[".repeat(13) + "]".repeat(13)),
                List.of("[1]", "[".repeat(14) + "]".repeat(14)));
    }

    @Test
    void anythingGoesWhereNothingIsSaid() {
        admits("{}", List.of("1", "\"x\"", "[1,{\"a\":[null]}]", "{}"), List.of("", "x", "[1,]"));
        admits("{'type':['string','null']}", List.of("\"a\"", "null"), List.of("1"));
        admits("{'type':'integer','nullable':true}", List.of("1", "null"), List.of("\"a\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oneOf",
                "allOf",
                "not",
                "if",
                "uniqueItems",
                "multipleOf",
                "patternProperties",
                "minProperties",
                "prefixItems",
                "contains",
                "frobnicate"
            })
    void whatIsNotSupportedIsRefusedByName(String keyword) {
        JsonNode schema = json("{'type':'object','properties':{'a':{'" + keyword + "':[]}}}");
        assertThatThrownBy(() -> CompiledForm.ofSchema(schema, VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining(keyword)
                .hasMessageContaining("/properties/a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'type':'wizard'};no type",
                "{'type':'string','pattern':'(?=a)b'};look-ahead",
                "{'type':'string','pattern':'(a'};'('",
                "{'type':'string','pattern':'^a{3}$','maxLength':2};no string fits",
                "{'type':'string','format':'iri'};format",
                "{'$ref':'#/$defs/x'};names nothing",
                "{'$ref':'http:x'};same schema",
                "{'type':'integer','minimum':3,'maximum':2};nothing can ever match",
                "{'type':'array','minItems':3,'maxItems':2};minItems",
                "{'enum':[]};enum",
                "false;false",
                "{'type':'object','required':['a'],'additionalProperties':false};required",
                "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']};nothing can ever match",
                "{'type':'string','minLength':-1};minLength",
                "{'anyOf':[{}],'type':'string'};beside"
            })
    void whatCannotBeKeptToIsToldInOneLine(String schema, String told) {
        assertThatThrownBy(() -> CompiledForm.ofSchema(json(schema), VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining(told.replace("'('", "'('"));
    }

    @Test
    void manyValuesMayBeGivenButNotAnyNumber() {
        ObjectNode schema = JSON.createObjectNode();
        ArrayNode values = schema.putArray("enum");
        for (int i = 0; i < 1000; i++) {
            values.add("value number " + i);
        }
        assertThat(admits(schema, "\"value number 999\"")).isTrue();
        assertThat(admits(schema, "\"value number 1000\"")).isFalse();
        for (int i = 0; i < 100; i++) {
            values.add(i + "x".repeat(300));
        }
        assertThatThrownBy(() -> CompiledForm.ofSchema(schema, VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("too many or too long");
    }

    @Test
    void aPatternIsMadeOnceAndAllOfThemAreBounded() {
        ObjectNode schema = JSON.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < 40; i++) {
            properties.putObject("p" + i).put("type", "string").put("pattern", "^[a-z]{900}$");
        }
        assertThat(CompiledForm.ofSchema(schema, VOCABULARY).start().isDead()).isFalse();
        for (int i = 0; i < 40; i++) {
            properties.putObject("p" + i).put("type", "string").put("pattern", "^[a-z]{" + (900 + i) + "}$");
        }
        assertThatThrownBy(() -> CompiledForm.ofSchema(schema, VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("too large together");
    }

    /** Every way to write an instance, cut into any tokens, is a way through the masks. */
    @Test
    void instancesAreAdmittedTokenByToken() throws Exception {
        for (long seed = 0; seed < SCHEMAS; seed++) {
            RandomSchemas schemas = new RandomSchemas(seed);
            JsonNode schema = schemas.schema();
            CompiledForm form = CompiledForm.ofSchema(schema, VOCABULARY);
            Random random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                JsonNode instance = schemas.instance(schema);
                String text = i == 0 ? instance.toString() : i == 1 ? instance.toPrettyString() : spaced(instance);
                FormPlace place = form.begin();
                for (int token : i == 2 ? anyTokens(text, random) : greedyTokens(text)) {
                    assertThat(place.allowed().get(token))
                            .as("seed %s, %s in %s of %s", seed, DEMO.decode(new int[] {token}, false), text, schema)
                            .isTrue();
                    place.advance(token);
                }
                assertThat(place.allowed().get(END))
                        .as("seed %s, end of %s for %s", seed, text, schema)
                        .isTrue();
            }
        }
    }

    private static String spaced(JsonNode value) {
        return value.isContainerNode() ? value.toString().replace("\",\"", "\", \"") : value.toString();
    }

    private static int[] greedyTokens(String text) {
        return tokens(text, longest -> longest);
    }

    /** Cut anywhere at all: a model may write what its tokenizer never would. */
    private static int[] anyTokens(String text, Random random) {
        return tokens(text, longest -> 1 + random.nextInt(longest));
    }

    private static int[] tokens(String text, IntUnaryOperator length) {
        String octets = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        List<Integer> tokens = new ArrayList<>();
        for (int at = 0; at < octets.length(); ) {
            int end = at + length.applyAsInt(Math.min(octets.length() - at, MAX_TOKEN_BYTES));
            while (!TOKENS.containsKey(octets.substring(at, end))) {
                end--;
            }
            tokens.add(TOKENS.get(octets.substring(at, end)));
            at = end;
        }
        return tokens.stream().mapToInt(token -> token).toArray();
    }

    /** However a mask is arrived at, it is what reading each token by itself would give. */
    @Test
    void masksAreWhatEachTokenByItselfSays() {
        List<JsonNode> schemas = new ArrayList<>(List.of(
                json("{'type':'object','properties':{'name':{},'nest':{}}}"),
                json("{'type':'string','minLength':3,'maxLength':9}"),
                json("{'type':'string','pattern':'ab','maxLength':70}"),
                json("{'type':'string','pattern':'a[^]*','minLength':5,'maxLength':80}"),
                json("{'type':'string','pattern':'^[a-z ]{1,70}$'}"),
                json("{'type':'string','pattern':'^([a-z]{1,5} ){2,30}$','minLength':9}"),
                json("{'type':'string','pattern':'^[A-Z][a-z ]*$','minLength':50,'maxLength':300}"),
                json("{'type':'array','items':{'anyOf':[{'type':'string'},{'enum':['one','two']}]}}")));
        for (long seed = 0; seed < SCHEMAS / 8; seed++) {
            schemas.add(new RandomSchemas(seed).schema());
        }
        for (int at = 0; at < schemas.size(); at++) {
            Random random = new Random(at);
            Automaton state = CompiledForm.ofSchema(schemas.get(at), VOCABULARY).start();
            for (int step = 0; step < 25; step++) {
                BitSet expected = new BitSet();
                for (int token : TOKENS.values()) {
                    expected.set(token, !VOCABULARY.read(state, token).isDead());
                }
                expected.set(END, state.mayEnd() || expected.isEmpty());
                assertThat(VOCABULARY.allowed(state))
                        .as("step %s for %s", step, schemas.get(at))
                        .isEqualTo(expected);
                int token = choose(expected, random);
                if (token == END) {
                    break;
                }
                state = VOCABULARY.read(state, token);
            }
        }
    }

    @Test
    void aCountThatIsFarFromItsEndMakesNoOtherMask() {
        for (String pattern : List.of("^[a-z]{1,900}$", "^[a-z]{900}$", "^[a-z]*$")) {
            ObjectNode schema = JSON.createObjectNode().put("type", "string").put("pattern", pattern);
            schema.put("minLength", pattern.endsWith("*$") ? 600 : 0);
            Automaton state = CompiledForm.ofSchema(schema, VOCABULARY).start().read('"');
            List<BitSet> masks = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                state = state.read('a');
                masks.add(VOCABULARY.allowed(state));
            }
            assertThat(masks).as(pattern).allMatch(mask -> mask == masks.get(0));
        }
    }

    /** Whatever is chosen of what the masks allow, there is a way on, and what ends is valid. */
    @Test
    void anyWayThroughTheMasksGivesAValidInstance() throws Exception {
        int ended = 0;
        for (long seed = 0; seed < SCHEMAS; seed++) {
            JsonNode schema = new RandomSchemas(seed).schema();
            FormPlace place = CompiledForm.ofSchema(schema, VOCABULARY).begin();
            Random random = new Random(seed);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            for (int step = 0; step < 300; step++) {
                int token = choose(place.allowed(), random);
                assertThat(token)
                        .as("a way on from %s for %s, seed %s", text, schema, seed)
                        .isNotNegative();
                if (token == END) {
                    assertThat(place.mayEnd())
                            .as("seed %s: %s for %s", seed, text, schema)
                            .isTrue();
                    assertValid(schema, text.toString(StandardCharsets.UTF_8), seed);
                    ended++;
                    break;
                }
                text.writeBytes(DEMO.bytes(token));
                place.advance(token);
            }
        }
        assertThat(ended).isGreaterThan(SCHEMAS * 2 / 3);
    }

    /** From wherever a text has come to, it is brought to a valid end in about as many bytes as that needs. */
    @Test
    void aTextThatRunsOutOfRoomIsBroughtToItsEnd() throws Exception {
        for (long seed = 0; seed < SCHEMAS; seed++) {
            JsonNode schema = new RandomSchemas(seed).schema();
            FormPlace place = CompiledForm.ofSchema(schema, VOCABULARY).begin();
            Random random = new Random(seed);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            int room = random.nextInt(60);
            int most = 0;
            boolean ended = false;
            for (int step = 0; !ended; step++) {
                if (step == room) {
                    most = step + place.leastBytes() + MAX_DIGITS;
                }
                assertThat(step).as("seed %s: %s for %s", seed, text, schema).isLessThanOrEqualTo(Math.max(room, most));
                BitSet may = step < room ? place.allowed() : place.closing();
                int[] all = may.stream().toArray();
                int token = all[random.nextInt(all.length)];
                ended = token == END;
                if (!ended) {
                    text.writeBytes(DEMO.bytes(token));
                    place.advance(token);
                }
            }
            assertValid(schema, text.toString(StandardCharsets.UTF_8), seed);
        }
    }

    private static int choose(BitSet allowed, Random random) {
        if (allowed.get(END) && random.nextBoolean()) {
            return END;
        }
        int[] closing = allowed.stream().filter(CLOSING::get).toArray();
        if (closing.length > 0 && random.nextInt(3) == 0) {
            return closing[random.nextInt(closing.length)];
        }
        int[] all = allowed.stream().toArray();
        return all.length == 0 ? -1 : all[random.nextInt(all.length)];
    }

    static void assertValid(JsonNode schema, String text, long seed) throws JsonProcessingException {
        JsonNode value = JSON.readerFor(JsonNode.class)
                .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .with(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readValue(text);
        com.networknt.schema.SchemaValidatorsConfig config = com.networknt.schema.SchemaValidatorsConfig.builder()
                .nullableKeywordEnabled(true)
                .build();
        JsonSchema validator =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema, config);
        assertThat(validator.validate(value))
                .as("seed %s: %s for %s", seed, text, schema)
                .isEmpty();
    }
}
