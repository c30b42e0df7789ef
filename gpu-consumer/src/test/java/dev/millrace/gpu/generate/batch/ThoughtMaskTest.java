package dev.millrace.gpu.generate.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.schema.CompiledForm;
import dev.millrace.gpu.model.schema.FormVocabulary;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThoughtMaskTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Vocabulary DEMO = Vocabulary.read(Path.of("src", "main", "models", "qwen3-demo"));
    private static final int END = DEMO.id("<|im_end|>").orElseThrow();
    private static final int FIELDS = 40;

    private static CompiledForm record() {
        ObjectNode schema = JSON.createObjectNode().put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < FIELDS; i++) {
            properties.putObject("the_question_" + i).put("type", "string");
            schema.withArray("required").add("the_question_" + i);
        }
        BitSet text = new BitSet();
        for (int id = 0; id < DEMO.size(); id++) {
            text.set(id, DEMO.contains(id) && !DEMO.isAdded(id));
        }
        BitSet ends = new BitSet();
        ends.set(END);
        return CompiledForm.ofSchema(schema, new FormVocabulary(text, new BitSet(), ends, DEMO::bytes));
    }

    private static ThoughtMask mask(CompiledForm form, int room) {
        ThoughtMask.Tokens tokens = new ThoughtMask.Tokens(-1, -1, new BitSet(), new BitSet(), DEMO::bytes);
        return new ThoughtMask(tokens, form.begin(), ThoughtMask.Place.FORM, room);
    }

    private static void say(ThoughtMask mask, String text) {
        Map<String, Integer> tokens = new HashMap<>();
        for (int id = 0; id < DEMO.size(); id++) {
            if (DEMO.contains(id) && !DEMO.isAdded(id)) {
                tokens.put(DEMO.decode(new int[] {id}, false), id);
            }
        }
        for (int at = 0; at < text.length(); ) {
            int end = text.length();
            while (!tokens.containsKey(text.substring(at, end))) {
                end--;
            }
            mask.advance(Objects.requireNonNull(tokens.get(text.substring(at, end))));
            at = end;
        }
    }

    /** The shortest answer has more bytes than there is room for tokens, and far fewer tokens. */
    @Test
    void anAnswerThatFitsIsNotCutShort() {
        CompiledForm form = record();
        ThoughtMask mask = mask(form, 650);
        assertThat(form.begin().leastBytes()).isGreaterThan(650);
        say(mask, "{\"the_question_0\": \"");
        assertThat(mask.allowed().cardinality())
                .as("what the first field may say")
                .isGreaterThan(1000);
    }

    @Test
    void anAnswerThatRunsOutOfRoomIsStillWhole() throws JsonProcessingException {
        CompiledForm form = record();
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            ThoughtMask mask = mask(form, 650);
            StringBuilder said = new StringBuilder();
            boolean ended = false;
            for (int left = 650; left > 0 && !ended; left--) {
                int[] all = mask.allowed().stream().toArray();
                int token = all[random.nextInt(all.length)];
                ended = token == END;
                said.append(ended ? "" : DEMO.decode(new int[] {token}, false));
                mask.advance(token);
            }
            assertThat(ended).as("seed %s: %s", seed, said).isTrue();
            JsonNode answer = JSON.readTree(said.toString());
            assertThat(answer.size()).isEqualTo(FIELDS);
        }
    }

    /** Whoever reads the text takes the tag for the end of the thought, however it is written. */
    @Test
    void aThoughtDoesNotSpellOutItsEnd() {
        int close = DEMO.id("</think>").orElseThrow();
        BitSet thinkable = new BitSet();
        for (int id = 0; id < DEMO.size(); id++) {
            thinkable.set(id, DEMO.contains(id) && id != END);
        }
        ThoughtMask.Tokens tokens = new ThoughtMask.Tokens(-1, close, thinkable, new BitSet(), DEMO::bytes);
        ThoughtMask mask = new ThoughtMask(tokens, record().begin(), ThoughtMask.Place.THOUGHT, 900);
        int angle = DEMO.id(">").orElseThrow();
        say(mask, "The tag <</think");
        assertThat(mask.allowed().get(angle)).isFalse();
        assertThat(mask.allowed().get(close)).isTrue();
        assertThat(mask.allowed().cardinality()).isGreaterThan(thinkable.cardinality() / 2);
        say(mask, "s>");
        assertThat(mask.allowed()).isEqualTo(thinkable);
        say(mask, "</think");
        mask.advance(close);
        assertThat(mask.allowed()).as("the form").isEqualTo(record().begin().allowed());
    }
}
