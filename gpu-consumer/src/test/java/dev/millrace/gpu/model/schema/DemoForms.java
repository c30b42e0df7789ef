package dev.millrace.gpu.model.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.gpu.model.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Forms over the vocabulary of a bundled model. */
final class DemoForms {

    static final ObjectMapper JSON = new ObjectMapper();
    static final Vocabulary DEMO = Vocabulary.read(Path.of("src", "main", "models", "qwen3-demo"));
    static final int END = DEMO.id("<|im_end|>").orElseThrow();
    static final FormVocabulary VOCABULARY = vocabulary();

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

    /** The tokens that a text is made of, by their octets. */
    static Map<String, Integer> tokens() {
        Map<String, Integer> tokens = new HashMap<>();
        for (int id = 0; id < DEMO.size(); id++) {
            if (DEMO.contains(id) && !DEMO.isAdded(id)) {
                tokens.put(new String(DEMO.bytes(id), StandardCharsets.ISO_8859_1), id);
            }
        }
        return tokens;
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
