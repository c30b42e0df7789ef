package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.parse.OutputFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;

/** What an answer may look like, before it is compiled for a vocabulary. */
public final class AnswerForm {

    private final Form form;

    private AnswerForm(Form form) {
        this.form = form;
    }

    /**
     * One JSON value, as a schema says.
     *
     * @throws SchemaException where the schema cannot be kept to
     */
    public static AnswerForm ofSchema(JsonNode schema) {
        return new AnswerForm(Forms.sequence(Forms.SPACE, SchemaReader.read(schema, Spelling.JSON)));
    }

    /** One JSON object. */
    public static AnswerForm ofAnyObject() {
        return new AnswerForm(Forms.sequence(Forms.SPACE, Values.ANY_OBJECT));
    }

    /**
     * One call or several, as a model's family writes them.
     *
     * @param most how many at most
     * @param tags the control token that a tag is, if it is one; tags that are none are spelled out
     * @throws SchemaException where the parameters of a tool cannot be kept to
     */
    public static AnswerForm ofCalls(
            OutputFormat format, List<CallableTool> tools, int most, Function<String, OptionalInt> tags) {
        return new AnswerForm(new CallForms(tags).of(format, tools, most));
    }

    /**
     * What may follow each of the tags with which a model's family opens calls, up to the end of what it opens.
     *
     * @param most how many calls at most where one tag opens several; negative: without a bound
     * @param tags as above
     * @throws SchemaException where the parameters of a tool cannot be kept to
     */
    public static Map<String, AnswerForm> ofOpenedCalls(
            OutputFormat format, List<CallableTool> tools, int most, Function<String, OptionalInt> tags) {
        Map<String, AnswerForm> opened = new LinkedHashMap<>();
        new CallForms(tags).opened(format, tools, most).forEach((tag, form) -> opened.put(tag, new AnswerForm(form)));
        return opened;
    }

    /** Either this or that. */
    public AnswerForm or(AnswerForm that) {
        return new AnswerForm(Forms.either(List.of(form, that.form)));
    }

    public CompiledForm compile(FormVocabulary vocabulary) {
        return new CompiledForm(form, vocabulary);
    }
}
