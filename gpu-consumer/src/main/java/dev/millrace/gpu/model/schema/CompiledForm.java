package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;

/** A form for one vocabulary. Shared by all texts in that form. */
public final class CompiledForm {

    private final FormVocabulary vocabulary;
    private final Automaton start;

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

    /** The place of a new text in this form. */
    public FormPlace begin() {
        return new FormPlace(this);
    }
}
