package dev.millrace.gpu.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The forms of {@code enum} and {@code const}. */
final class Exact {

    private Exact() {}

    static Form of(List<JsonNode> values, JsonNode schema, List<String> types, Spelling spelling, String path) {
        schema.fieldNames().forEachRemaining(keyword -> {
            if (TypedForms.NARROWING.contains(keyword)) {
                throw new SchemaException(path, "'" + keyword + "' beside enum or const is not supported");
            }
        });
        List<String> texts = new ArrayList<>();
        List<Form> forms = new ArrayList<>();
        for (JsonNode value : values) {
            if (types.stream().noneMatch(type -> isOf(value, type, path))) {
                continue;
            }
            if (value.isTextual()) {
                texts.add(value.textValue());
            } else {
                forms.add(spelling.other(Values.exactly(value, path)));
            }
        }
        if (!texts.isEmpty()) {
            forms.add(spelling.text(Dfa.anyOf(texts, path), 0, StringForm.UNBOUNDED));
        }
        if (forms.isEmpty()) {
            throw new SchemaException(path, "no value of enum or const has the type");
        }
        return Forms.either(forms);
    }

    private static boolean isOf(JsonNode value, String type, String path) {
        return switch (type) {
            case "null" -> value.isNull();
            case "boolean" -> value.isBoolean();
            case "integer" ->
                value.isNumber()
                        && Values.decimal(value, path).stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            case "string" -> value.isTextual();
            case "array" -> value.isArray();
            default -> value.isObject();
        };
    }
}
