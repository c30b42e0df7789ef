package dev.millrace.gpu.model.schema;

import static dev.millrace.gpu.model.schema.DemoForms.DEMO;
import static dev.millrace.gpu.model.schema.DemoForms.END;
import static dev.millrace.gpu.model.schema.DemoForms.JSON;
import static dev.millrace.gpu.model.schema.DemoForms.VOCABULARY;
import static dev.millrace.gpu.model.schema.DemoForms.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the masks of any schema let through, token by token. */
class MasksTest {

    /** As many as the models' answers are held to where the full count is asked for. */
    private static final int SCHEMAS = Integer.getInteger("schemas.count", 80);

    /** A number between bounds is only known to need one more digit. */
    private static final int MAX_DIGITS = 24;

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
        return DemoForms.tokens(text, longest -> longest);
    }

    /** Cut anywhere at all: a model may write what its tokenizer never would. */
    private static int[] anyTokens(String text, Random random) {
        return DemoForms.tokens(text, longest -> 1 + random.nextInt(longest));
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
                for (int token : DemoForms.TOKENS.values()) {
                    expected.set(token, !VOCABULARY.read(state, token).isDead());
                }
                expected.set(END, state.mayEnd() || expected.isEmpty());
                assertThat(VOCABULARY.allowed(state))
                        .as("step %s for %s", step, schemas.get(at))
                        .isEqualTo(expected);
                int token = DemoForms.choose(expected, random);
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
                int token = DemoForms.choose(place.allowed(), random);
                assertThat(token)
                        .as("a way on from %s for %s, seed %s", text, schema, seed)
                        .isNotNegative();
                if (token == END) {
                    assertThat(place.mayEnd())
                            .as("seed %s: %s for %s", seed, text, schema)
                            .isTrue();
                    DemoForms.assertValid(schema, text.toString(StandardCharsets.UTF_8), seed);
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
            DemoForms.assertValid(schema, text.toString(StandardCharsets.UTF_8), seed);
        }
    }

    /** However far the cheapest characters lead, the one that is needed comes next. */
    @ParameterizedTest
    @ValueSource(strings = {"名", "é$", "😀", "[😀-🤯]z", "\\\\", "\"", "\\x01", "\\n\\x1f"})
    void aStringThatRunsOutOfRoomGetsTheCharacterThatItsPatternWants(String pattern) {
        ObjectNode schema = JSON.createObjectNode().put("type", "string").put("pattern", pattern);
        CompiledForm form = CompiledForm.ofSchema(schema, VOCABULARY);
        for (String begun : List.of(
                "",
                "\"ab",
                "\"\\",
                "\"\\u",
                "\"\\u00",
                "\"\\ud8",
                "\"\\ud83d",
                "\"\\ud83d\\u",
                "\"\u00c3",
                "\"\u00f0")) {
            FormPlace place = form.begin();
            begun.chars()
                    .mapToObj(octet -> String.valueOf((char) octet))
                    .forEach(octet -> place.advance(Objects.requireNonNull(DemoForms.TOKENS.get(octet))));
            while (!place.mayEnd()) {
                int left = place.leastBytes();
                place.advance(place.closing().nextSetBit(0));
                assertThat(place.leastBytes()).as("%s after %s", pattern, begun).isLessThan(left);
            }
        }
    }
}
