package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.millrace.gpu.model.parse.OutputFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/** Tool calls in the words that the families of models were taught. */
final class CallForms {

    private static final Form GAP = Forms.repeat(Forms.text("\n"), 0, 2);
    private static final JsonNode NO_SCHEMA = JsonNodeFactory.instance.objectNode();
    private static final List<String> TYPING = List.of("type", "$ref", "anyOf", "enum", "const");

    private final Function<String, OptionalInt> tags;

    CallForms(Function<String, OptionalInt> tags) {
        this.tags = tags;
    }

    Form of(OutputFormat format, List<CallableTool> tools, int most) {
        return switch (format) {
            case QWEN -> Forms.sequence(GAP, several(tools, this::hermes, most));
            case DEEPSEEK ->
                Forms.sequence(
                        GAP,
                        tag("<｜tool▁calls▁begin｜>"),
                        several(tools, this::deepSeek, most),
                        GAP,
                        tag("<｜tool▁calls▁end｜>"));
            case MARKUP -> Forms.sequence(GAP, several(tools, this::markup, most));
            case PLAIN -> throw new IllegalArgumentException("a model without a format for calls");
        };
    }

    private static Form several(List<CallableTool> tools, Function<CallableTool, Form> call, int most) {
        Form any = Forms.either(tools.stream().map(call).toList());
        return Forms.sequence(any, Forms.repeat(Forms.sequence(GAP, any), 0, most - 1));
    }

    private Form hermes(CallableTool tool) {
        String name = TextNode.valueOf(tool.name()).toString();
        return Forms.sequence(
                tag("<tool_call>"),
                Forms.text("\n{\"name\": " + name + ", \"arguments\": "),
                arguments(tool, Spelling.JSON),
                Forms.text("}\n"),
                tag("</tool_call>"));
    }

    private Form markup(CallableTool tool) {
        return Forms.sequence(
                tag("<tool_call>"),
                Forms.text("\n<function=" + tool.name() + ">\n"),
                arguments(tool, Spelling.PARAMETERS),
                tag("</tool_call>"));
    }

    /** With a type and a fence, as V3 and R1 write it, or without, as V3.1 does; each keeps to what it was taught. */
    private Form deepSeek(CallableTool tool) {
        Form arguments = arguments(tool, Spelling.JSON);
        Form fenced = Forms.sequence(
                Forms.text("function"),
                tag("<｜tool▁sep｜>"),
                Forms.text(tool.name() + "\n```json\n"),
                arguments,
                Forms.text("\n```"));
        Form bare = Forms.sequence(Forms.text(tool.name()), tag("<｜tool▁sep｜>"), arguments);
        return Forms.sequence(
                tag("<｜tool▁call▁begin｜>"), Forms.either(List.of(fenced, bare)), tag("<｜tool▁call▁end｜>"));
    }

    private Form tag(String tag) {
        OptionalInt token = tags.apply(tag);
        return token.isPresent() ? Forms.controlToken(token.getAsInt()) : Forms.text(tag);
    }

    private static Form arguments(CallableTool tool, Spelling spelling) {
        JsonNode parameters = tool.parameters();
        return SchemaReader.read(typed(parameters == null ? NO_SCHEMA : parameters), spelling);
    }

    /** Arguments are an object even where their schema forgets to say so. */
    private static JsonNode typed(JsonNode parameters) {
        boolean open = parameters.isObject() && TYPING.stream().noneMatch(parameters::has);
        return open ? ((ObjectNode) parameters.deepCopy()).put("type", "object") : parameters;
    }
}
