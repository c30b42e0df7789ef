package dev.millrace.gpu.generate.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.Vocabulary;
import dev.millrace.gpu.model.parse.OutputFormat;
import dev.millrace.gpu.model.schema.AnswerForm;
import dev.millrace.gpu.model.schema.CallableTool;
import dev.millrace.gpu.model.schema.SchemaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The forms that requests ask for, as this model writes them.
 *
 * @param format how the model writes its calls
 */
record AnswerForms(OutputFormat format, Vocabulary vocabulary) {

    private static final int MOST_CALLS = 8;
    private static final int UNBOUNDED = -1;

    /** A call where one is forced, else what the response format says, or a call where there are tools. */
    AnswerForm of(JsonNode responseFormat, ToolChoice choice, boolean parallel) {
        JsonNode tools = choice.tools();
        if (choice.forced() && tools != null) {
            if (format == OutputFormat.PLAIN) {
                throw Refused.invalid("This model cannot be made to call a tool.", "tool_choice");
            }
            return calls(tools, parallel);
        }
        AnswerForm answer = answer(responseFormat);
        return tools == null || format == OutputFormat.PLAIN ? answer : answer.or(calls(tools, parallel));
    }

    private static AnswerForm answer(JsonNode responseFormat) {
        String type = responseFormat.path("type").asText();
        JsonNode schema = responseFormat.path("json_schema").get("schema");
        return switch (type) {
            case "json_object" -> AnswerForm.ofAnyObject();
            case "json_schema" -> schema == null || schema.isNull() ? AnswerForm.ofAnyObject() : answerBy(schema);
            default -> throw Refused.invalid("There is no response format '" + type + "'.", "response_format");
        };
    }

    private static AnswerForm answerBy(JsonNode schema) {
        try {
            return AnswerForm.ofSchema(schema);
        } catch (SchemaException e) {
            throw Refused.invalid(message(e), "response_format");
        }
    }

    private AnswerForm calls(JsonNode tools, boolean parallel) {
        try {
            return AnswerForm.ofCalls(format, callable(tools, tool -> true), parallel ? MOST_CALLS : 1, this::tag);
        } catch (SchemaException e) {
            throw Refused.invalid(message(e), "tools");
        }
    }

    /** What follows the tags of calls that a model makes of its own accord: only those of strict tools have schemas. */
    Map<String, AnswerForm> openedCalls(JsonNode tools, boolean parallel) {
        try {
            List<CallableTool> callable = callable(tools, ToolChoice::isStrict);
            return AnswerForm.ofOpenedCalls(format, callable, parallel ? UNBOUNDED : 1, this::tag);
        } catch (SchemaException e) {
            throw Refused.invalid(message(e), "tools");
        }
    }

    private static List<CallableTool> callable(JsonNode tools, Predicate<JsonNode> strict) {
        List<CallableTool> callable = new ArrayList<>();
        for (JsonNode tool : tools) {
            JsonNode function = tool.path("function");
            callable.add(new CallableTool(function.path("name").asText(), parameters(function), strict.test(tool)));
        }
        return callable;
    }

    private static @Nullable JsonNode parameters(JsonNode function) {
        JsonNode parameters = function.get("parameters");
        return parameters == null || parameters.isNull() ? null : parameters;
    }

    private static String message(SchemaException e) {
        return String.valueOf(e.getMessage());
    }

    private OptionalInt tag(String tag) {
        OptionalInt id = vocabulary.id(tag);
        return id.isPresent() && vocabulary.isAdded(id.getAsInt()) ? id : OptionalInt.empty();
    }
}
