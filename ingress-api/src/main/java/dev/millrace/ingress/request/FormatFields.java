package dev.millrace.ingress.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.ingress.error.Refusals;

/** The shape that an answer must have. */
final class FormatFields {

    private static final int MAX_DESCRIPTION_CHARS = 65_536;
    private static final Check<String> TYPE = Checks.oneOf("text", "json_object", "json_schema");

    private static final Fields<Object> SCHEMA = new Fields<>()
            .required("name", ToolFields.NAME, (draft, name) -> {})
            .hint("description", Checks.text(0, MAX_DESCRIPTION_CHARS))
            .hint("schema", Checks.object())
            .hint("strict", Checks.bool());

    private static final Fields<Object> PLAIN = new Fields<>().required("type", TYPE, (draft, type) -> {});

    private static final Fields<Object> WITH_SCHEMA = new Fields<>()
            .required("type", TYPE, (draft, type) -> {})
            .required("json_schema", (value, path) -> SCHEMA.read(value, path, value), (draft, schema) -> {});

    private FormatFields() {}

    static ObjectNode format(JsonNode value, String path) {
        ObjectNode format = Checks.object().read(value, path);
        JsonNode type = format.get("type");
        if (type == null) {
            throw Refusals.missing(path + ".type");
        }
        boolean hasSchema = TYPE.read(type, path + ".type").equals("json_schema");
        (hasSchema ? WITH_SCHEMA : PLAIN).read(value, path, value);
        return format;
    }
}
