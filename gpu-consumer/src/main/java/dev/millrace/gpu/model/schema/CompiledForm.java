package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** A form for one vocabulary, with the masks of the states that texts came through. Shared by all texts in that form. */
public final class CompiledForm {

    private static final int MAX_KEPT_MASKS = 256;

    private final FormVocabulary vocabulary;
    private final Automaton start;
    private final Map<Automaton, BitSet> masks = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Automaton, BitSet> eldest) {
            return size() > MAX_KEPT_MASKS;
        }
    };

    CompiledForm(Form form, FormVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.start = Automaton.of(form);
    }

    /**
     * A text that is one JSON value, as a schema says.
     *
     * @throws SchemaException where the schema cannot be kept to
     */
    public static CompiledForm ofSchema(JsonNode schema, FormVocabulary vocabulary) {
        return AnswerForm.ofSchema(schema).compile(vocabulary);
    }

    /** A text that is one JSON object. */
    public static CompiledForm ofAnyObject(FormVocabulary vocabulary) {
        return AnswerForm.ofAnyObject().compile(vocabulary);
    }

    Automaton start() {
        return start;
    }

    FormVocabulary vocabulary() {
        return vocabulary;
    }

    synchronized BitSet allowed(Automaton state) {
        return masks.computeIfAbsent(state, vocabulary::allowed);
    }

    /** The place of a new text in this form. */
    public FormPlace begin() {
        return new FormPlace(this);
    }
}
