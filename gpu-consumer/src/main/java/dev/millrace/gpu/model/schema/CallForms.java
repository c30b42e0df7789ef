package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.millrace.gpu.model.parse.OutputFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;

/** Tool calls in the words that the families of models were taught. */
final class CallForms {

    private static final String OPEN = "<tool_call>";
    private static final String OPEN_ALL_DEEPSEEK = "<｜tool▁calls▁begin｜>";
    private static final String OPEN_DEEPSEEK = "<｜tool▁call▁begin｜>";

    private static final Form GAP = Forms.repeat(Forms.text("\n"), 0, 2);
    private static final JsonNode NO_SCHEMA = JsonNodeFactory.instance.objectNode();
    private static final List<String> TYPING = List.of("type", "$ref", "anyOf", "enum", "const");

    private final Function<String, OptionalInt> tags;

    CallForms(Function<String, OptionalInt> tags) {
        this.tags = tags;
    }

    Form of(OutputFormat format, List<CallableTool> tools, int most) {
        Map<String, Form> opened = opened(format, tools, most);
        return switch (format) {
            case QWEN, MARKUP -> Forms.sequence(GAP, several(begun(OPEN, opened), most));
            case DEEPSEEK -> Forms.sequence(GAP, begun(OPEN_ALL_DEEPSEEK, opened));
            case PLAIN -> throw new IllegalArgumentException("a model without a format for calls");
        };
    }

    /** What follows each tag that opens calls, up to the end of what it opens. */
    Map<String, Form> opened(OutputFormat format, List<CallableTool> tools, int most) {
        Map<String, Form> opened = new LinkedHashMap<>();
        switch (format) {
            case QWEN -> opened.put(OPEN, any(tools, this::hermes));
            case MARKUP -> {
                Map<String, Form> functions = new LinkedHashMap<>();
                tools.forEach(tool -> functions.put("<function=" + tool.name() + ">", parameters(tool)));
                opened.put(OPEN, markup(functions));
                opened.putAll(functions);
            }
            case DEEPSEEK -> {
                Form call = any(tools, this::deepSeek);
                Form next = Forms.sequence(GAP, tag(OPEN_DEEPSEEK), call);
                Form end = Forms.sequence(GAP, tag("<｜tool▁calls▁end｜>"));
                Form first = Forms.sequence(call, Forms.repeat(next, 0, most - 1), end);
                opened.put(OPEN_ALL_DEEPSEEK, Forms.sequence(tag(OPEN_DEEPSEEK), first));
                opened.put(OPEN_DEEPSEEK, first);
            }
            case PLAIN -> throw new IllegalArgumentException("a model without a format for calls");
        }
        return opened;
    }

    private static Form any(List<CallableTool> tools, Function<CallableTool, Form> call) {
        return Forms.either(tools.stream().map(call).toList());
    }

    private Form begun(String tag, Map<String, Form> opened) {
        return Forms.sequence(tag(tag), opened.getOrDefault(tag, Forms.NOTHING));
    }

    private static Form several(Form call, int most) {
        return Forms.sequence(call, Forms.repeat(Forms.sequence(GAP, call), 0, most - 1));
    }

    private Form hermes(CallableTool tool) {
        String name = TextNode.valueOf(tool.name()).toString();
        return Forms.sequence(
                Forms.text("\n{\"name\": " + name + ", \"arguments\": "),
                arguments(tool),
                Forms.text("}\n"),
                tag("</tool_call>"));
    }

    /** @param functions what follows the tag of each */
    private Form markup(Map<String, Form> functions) {
        List<Form> calls = functions.entrySet().stream()
                .map(function -> Forms.sequence(Forms.text("\n" + function.getKey()), function.getValue()))
                .toList();
        return Forms.sequence(Forms.either(calls), tag("</tool_call>"));
    }

    /** With a type and a fence, as V3 and R1 write it, or without, as V3.1 does; each keeps to what it was taught. */
    private Form deepSeek(CallableTool tool) {
        Form arguments = arguments(tool);
        Form fenced = Forms.sequence(
                Forms.text("function"),
                tag("<｜tool▁sep｜>"),
                Forms.text(tool.name() + "\n```json\n"),
                arguments,
                Forms.text("\n```"));
        Form bare = Forms.sequence(Forms.text(tool.name()), tag("<｜tool▁sep｜>"), arguments);
        return Forms.sequence(Forms.either(List.of(fenced, bare)), tag("<｜tool▁call▁end｜>"));
    }

    private Form tag(String tag) {
        OptionalInt token = tags.apply(tag);
        return token.isPresent() ? Forms.controlToken(token.getAsInt()) : Forms.text(tag);
    }

    private static Form arguments(CallableTool tool) {
        return tool.strict() ? SchemaReader.read(typed(schema(tool)), Spelling.JSON) : Values.ANY_OBJECT;
    }

    private static Form parameters(CallableTool tool) {
        Form parameters = tool.strict()
                ? SchemaReader.read(typed(schema(tool)), Spelling.PARAMETERS)
                : Spelling.anyParameters(schema(tool).path("properties"));
        return Forms.sequence(Forms.text("\n"), parameters);
    }

    private static JsonNode schema(CallableTool tool) {
        JsonNode parameters = tool.parameters();
        return parameters == null ? NO_SCHEMA : parameters;
    }

    /** Arguments are an object even where their schema forgets to say so. */
    private static JsonNode typed(JsonNode parameters) {
        boolean open = parameters.isObject() && TYPING.stream().noneMatch(parameters::has);
        return open ? ((ObjectNode) parameters.deepCopy()).put("type", "object") : parameters;
    }
}
