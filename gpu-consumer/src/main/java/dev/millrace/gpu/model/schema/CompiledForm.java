package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;

/** A form for one vocabulary. Shared by all texts in that form. */
public final class CompiledForm {

    /** A form that takes more tokens than this is taken to go on as it began. */
    private static final int MAX_COUNTED = 100;

    private final FormVocabulary vocabulary;
    private final Automaton start;
    private volatile double bytesPerToken;

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

    /** How many bytes a token takes off a text that is brought to its end from its beginning; worked out once. */
    double bytesPerToken() {
        double known = bytesPerToken;
        if (known == 0) {
            FormPlace place = begin();
            int tokens = 0;
            while (tokens < MAX_COUNTED && !place.mayEnd()) {
                place.advance(place.closing().nextSetBit(0));
                tokens++;
            }
            int bytes = begin().leastBytes() - place.leastBytes();
            known = tokens == 0 ? 1 : Math.max(1, (double) bytes / tokens);
            bytesPerToken = known;
        }
        return known;
    }

    Automaton start() {
        return start;
    }

    FormVocabulary vocabulary() {
        return vocabulary;
    }

    /** The place of a new text in this form. */
    public FormPlace begin() {
        return new FormPlace(this);
    }
}
