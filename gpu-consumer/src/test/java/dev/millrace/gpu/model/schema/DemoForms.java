package dev.millrace.gpu.model.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dev.millrace.gpu.model.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/** Forms over the vocabulary of a bundled model. */
final class DemoForms {

    static final ObjectMapper JSON = new ObjectMapper();
    static final Vocabulary DEMO = Vocabulary.read(Path.of("src", "main", "models", "qwen3-demo"));
    static final int END = DEMO.id("<|im_end|>").orElseThrow();
    static final FormVocabulary VOCABULARY = vocabulary();
    static final Map<String, Integer> TOKENS = tokens();
    private static final BitSet CLOSING = closing();
    private static final int MAX_TOKEN_BYTES = 32;

    private DemoForms() {}

    private static FormVocabulary vocabulary() {
        BitSet text = new BitSet();
        for (int id = 0; id < DEMO.size(); id++) {
            text.set(id, DEMO.contains(id) && !DEMO.isAdded(id));
        }
        BitSet ends = new BitSet();
        ends.set(END);
        return new FormVocabulary(text, new BitSet(), ends, DEMO::bytes);
    }

    private static BitSet closing() {
        BitSet closing = new BitSet();
        TOKENS.forEach((text, id) -> closing.set(id, text.matches("[\"\\]}]+|\n?</?")));
        return closing;
    }

    private static Map<String, Integer> tokens() {
        Map<String, Integer> tokens = new HashMap<>();
        for (int id = 0; id < DEMO.size(); id++) {
            if (DEMO.contains(id) && !DEMO.isAdded(id)) {
                tokens.put(new String(DEMO.bytes(id), StandardCharsets.ISO_8859_1), id);
            }
        }
        return tokens;
    }

    /**
     * A text cut into tokens.
     *
     * @param length how long one becomes of how long it may at most be
     */
    static int[] tokens(String text, IntUnaryOperator length) {
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

    /** One of the tokens that may come, ends and what closes something rather than others; negative where there is none. */
    static int choose(BitSet allowed, Random random) {
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

    /** By a validator that knows nothing of masks. */
    static void assertValid(JsonNode schema, String text, long seed) throws JsonProcessingException {
        JsonNode value = JSON.readerFor(JsonNode.class)
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readValue(text);
        SchemaValidatorsConfig config =
                SchemaValidatorsConfig.builder().nullableKeywordEnabled(true).build();
        JsonSchema validator =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema, config);
        assertThat(validator.validate(value))
                .as("seed %s: %s for %s", seed, text, schema)
                .isEmpty();
    }

    /** What is written with single quotes, which need no escape in Java. */
    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static boolean admits(JsonNode schema, String text) {
        Automaton state = CompiledForm.ofSchema(schema, VOCABULARY).start();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            state = state.read(octet & 0xFF);
        }
        return state.mayEnd();
    }

    static void admits(String schema, List<String> right, List<String> wrong) {
        JsonNode parsed = json(schema);
        right.forEach(text -> assertThat(admits(parsed, text)).as(text).isTrue());
        wrong.forEach(text -> assertThat(admits(parsed, text)).as(text).isFalse());
    }
}
