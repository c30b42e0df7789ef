package dev.millrace.ingress.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.event.Failure;
import dev.millrace.ingress.error.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field that a chat request may have, each with every kind of JSON value that it does not take and with values just
 * outside of its range: all refused with a 400 that names it. What it does take, it takes.
 */
class EveryFieldTest {

    private static final String HEAD = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],";
    private static final String TOOL = "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}";
    private static final Requests REQUESTS = new Requests();

    /** @param with other fields that must be there too */
    private record Field(String name, List<String> good, List<String> bad, String with) {}

    private static final Map<String, String> KINDS = new LinkedHashMap<>(Map.of(
            "text", "\"some text\"",
            "integer", "7777777777777777777",
            "decimal", "0.123456",
            "boolean", "true",
            "array", "[[]]",
            "object", "{\"some\":{}}"));

    private static final List<Field> FIELDS = List.of(
            field("temperature", "integer,decimal", l("0", "2", "1.5", "null"), l("-0.1", "2.1", "1e999")),
            field("top_p", "integer,decimal", l("0", "1", "null"), l("-0.1", "1.1")),
            field("top_k", "integer", l("-1", "0", "50", "null"), l("-2", "0.5", "2147483648")),
            field("min_p", "integer,decimal", l("0", "1", "null"), l("-0.1", "1.1")),
            field("seed", "integer", l("0", "-9223372036854775808", "9223372036854775807", "null"), l("1e3")),
            field("stop", "text,array", l("\"x\"", "[\"x\"]", "[]", "null"), l("\"\"", "[\"\"]", "[1]", "[null]")),
            field("frequency_penalty", "integer,decimal", l("-2", "2", "null"), l("-2.1", "2.1")),
            field("presence_penalty", "integer,decimal", l("-2", "2", "null"), l("-2.1", "2.1")),
            field("repetition_penalty", "integer,decimal", l("0.01", "10", "null"), l("0", "10.1", "-1")),
            field(
                    "logit_bias",
                    "object",
                    l("{}", "{\"5\":-100,\"6\":100}", "null"),
                    l("{\"5\":101}", "{\"5\":-100.5}", "{\"5\":\"1\"}", "{\"-5\":1}", "{\"x\":1}", "{\"05\":1}")),
            field("max_tokens", "integer", l("1", "4096", "null"), l("0", "-1", "4097")),
            field("max_completion_tokens", "integer", l("1", "4096", "null"), l("0", "-1", "4097")),
            field("min_tokens", "integer", l("0", "4096", "null"), l("-1", "4097")),
            field("ignore_eos", "boolean", l("true", "false", "null"), l("0")),
            field("n", "integer", l("1", "8", "null"), l("0", "9", "-1")),
            field("logprobs", "boolean", l("true", "false", "null"), l("1", "5")),
            with("top_logprobs", "integer", l("0", "20", "null"), l("-1", "21"), "\"logprobs\":true"),
            field("top_logprobs", "none", l("null"), l("0", "1")),
            field("tools", "array", l("[" + TOOL + "]", "null"), l("[]", "[null]", "[{\"type\":\"custom\"}]")),
            with(
                    "tool_choice",
                    "text,object",
                    l(
                            "\"none\"",
                            "\"auto\"",
                            "\"required\"",
                            TOOL,
                            "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[" + TOOL
                                    + "]}}",
                            "null"),
                    l("\"any\"", "{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}}", "{\"type\":\"function\"}"),
                    "\"tools\":[" + TOOL + "]"),
            with("parallel_tool_calls", "boolean", l("true", "false", "null"), l("0"), "\"tools\":[" + TOOL + "]"),
            field("functions", "array", l("[{\"name\":\"f\"}]", "null"), l("[]", "[{\"name\":\"f g\"}]", "[{}]")),
            with(
                    "function_call",
                    "text,object",
                    l("\"none\"", "\"auto\"", "{\"name\":\"f\"}", "null"),
                    l("\"required\"", "{\"name\":\"g\"}", "{}"),
                    "\"functions\":[{\"name\":\"f\"}]"),
            field(
                    "response_format",
                    "object",
                    l(
                            "{\"type\":\"text\"}",
                            "{\"type\":\"json_object\"}",
                            "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"strict\":true,\"schema\":{}}}",
                            "null"),
                    l(
                            "{\"type\":\"xml\"}",
                            "{}",
                            "{\"type\":\"json_schema\"}",
                            "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"strict\":1}}")),
            field("stream", "boolean", l("true", "false", "null"), l("1")),
            with(
                    "stream_options",
                    "object",
                    l("{}", "{\"include_usage\":true,\"include_obfuscation\":false}", "null"),
                    l("{\"include_obfuscation\":true}", "{\"include_obfuscation\":1}", "{\"include_usage\":\"yes\"}"),
                    "\"stream\":true"),
            field("stream_options", "none", l("null"), l("{\"include_usage\":true}", "{}")),
            field(
                    "reasoning_effort",
                    "text",
                    l("\"none\"", "\"minimal\"", "\"low\"", "\"medium\"", "\"high\"", "\"xhigh\"", "null"),
                    l("\"\"", "\"NONE\"")),
            field("prompt_cache_key", "text", l("\"k\"", "null"), l("\"\"", "\"" + "k".repeat(257) + "\"")),
            field(
                    "service_tier",
                    "text",
                    l("\"auto\"", "\"default\"", "\"flex\"", "\"priority\"", "\"fast\"", "\"scale\"", "null"),
                    l("\"\"", "\"Flex\"")),
            field("store", "boolean", l("true", "false", "null"), l("0")),
            field(
                    "metadata",
                    "object",
                    l("{}", "{\"k\":\"v\"}", "{\"k\":\"\"}", "null"),
                    l(
                            "{\"k\":null}",
                            "{\"k\":1}",
                            "{\"" + "k".repeat(65) + "\":\"\"}",
                            "{\"k\":\"" + "v".repeat(513) + "\"}")),
            field("user", "text", l("\"u\"", "null"), l("\"\"", "\"" + "u".repeat(257) + "\"")),
            field("safety_identifier", "text", l("\"u\"", "null"), l("\"\"", "\"" + "u".repeat(257) + "\"")),
            field("user_id", "text", l("\"u\"", "null"), l("\"\"", "\"" + "u".repeat(257) + "\"")),
            field("session_id", "text", l("\"s\"", "null"), l("\"\"", "\"" + "s".repeat(257) + "\"")),
            field("priority", "text", l("\"interactive\"", "\"background\"", "\"batch\"", "null"), l("\"\"")),
            field("chat_template_kwargs", "object", l("{}", "{\"enable_thinking\":false}", "null"), l("{\"\":1}")),
            field(
                    "prediction",
                    "object",
                    l("{\"type\":\"content\",\"content\":\"x\"}", "null"),
                    l("{}", "{\"type\":\"image\",\"content\":\"x\"}", "{\"type\":\"content\",\"content\":1}")),
            field(
                    "prompt_cache_options",
                    "object",
                    l("{}", "{\"mode\":\"implicit\",\"ttl\":\"30m\"}", "null"),
                    l("{\"mode\":1}", "{\"ttl\":\"soon\"}", "{\"x\":1}")),
            field("prompt_cache_retention", "text", l("\"24h\"", "\"in_memory\"", "null"), l("\"48h\"")),
            field("verbosity", "text", l("\"low\"", "\"medium\"", "\"high\"", "null"), l("\"loud\"")),
            field("modalities", "array", l("[\"text\"]", "null"), l("[]", "[\"audio\"]", "[\"text\",\"audio\"]")),
            field("audio", "none", l("null"), l("{\"voice\":\"alloy\",\"format\":\"wav\"}")),
            field("web_search_options", "none", l("null"), l("{}")),
            field("moderation", "none", l("null"), l("{}")),
            field("anything_else", "none", List.of(), l("null", "1")));

    private static List<String> l(String... values) {
        return List.of(values);
    }

    private static Field field(String name, String kinds, List<String> good, List<String> outside) {
        return with(name, kinds, good, outside, "");
    }

    private static Field with(String name, String kinds, List<String> good, List<String> outside, String with) {
        List<String> bad = new ArrayList<>(outside);
        List<String> taken = List.of(kinds.split(","));
        KINDS.forEach((kind, value) -> {
            if (!taken.contains(kind)) {
                bad.add(value);
            }
        });
        return new Field(name, good, bad, with);
    }

    private static Stream<Field> fields() {
        return FIELDS.stream();
    }

    private static String body(Field field, String value) {
        String with = field.with().isEmpty() ? "" : field.with() + ",";
        return HEAD + with + "\"model\":\"able\",\"" + field.name() + "\":" + value + "}";
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aValueThatItDoesNotTakeIsRefusedByItsName(Field field) {
        for (String value : field.bad()) {
            RefusedException refused =
                    catchThrowableOfType(RefusedException.class, () -> REQUESTS.make(body(field, value)));
            assertThat(refused).as("%s: %s", field.name(), value).isNotNull();
            Failure failure = refused.failure();
            assertThat(failure.getStatus()).as("%s: %s", field.name(), value).isEqualTo(400);
            assertThat(failure.getParam())
                    .as("%s: %s, %s", field.name(), value, failure.getMessage())
                    .isNotNull()
                    .matches("\\Q" + field.name() + "\\E([.\\[].*)?");
        }
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aValueThatItTakesIsTaken(Field field) {
        for (String value : field.good()) {
            assertThat(REQUESTS.make(body(field, value)).getRequestId())
                    .as("%s: %s", field.name(), value)
                    .hasSize(40);
        }
    }

    @Test
    void theUnknownIsRefusedInTheWordsThatClientsKnow() {
        RefusedException refused = catchThrowableOfType(
                RefusedException.class, () -> REQUESTS.make(HEAD + "\"model\":\"able\",\"NAME\":1}"));
        assertThat(refused.failure().getMessage()).isEqualTo("Unrecognized request argument supplied: NAME");
    }
}
