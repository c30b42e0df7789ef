package dev.millrace.gpu.model.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolTypesTest {

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', textBlock = """
            {"type": "integer"} => [integer]
            {"type": ["string", "null"]} => [string, null]
            {"type": "string", "nullable": true} => [string, null]
            {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/list"}]} => [number, array]
            {"oneOf": [{"type": "boolean"}, {"type": "null"}]} => [boolean, null]
            {"allOf": [{"type": "object"}]} => [object]
            {"enum": ["a", 1, null]} => [string, number, null]
            {"const": true} => [boolean]
            {"properties": {}} => [object]
            {"items": {}} => [array]
            {"$ref": "#/$defs/self"} => []
            {"$ref": "elsewhere"} => []
            {"description": "anything"} => []
            true => []
            """)
    void aParametersTypesAreThoseThatItsSchemaAllows(String schema, String types) throws JsonProcessingException {
        assertThat(types("{\"properties\": {\"p\": " + schema + "}, " + DEFS + "}", "p"))
                .hasToString(types);
        assertThat(types("{\"additionalProperties\": " + schema + ", " + DEFS + "}", "p"))
                .hasToString(types);
        assertThat(types(
                        "{\"$ref\": \"#/$defs/o\", \"$defs\": {\"o\": {\"properties\": {\"p\": " + schema + "}}, "
                                + DEFS.substring(DEFS.indexOf('{') + 1) + "}",
                        "p"))
                .hasToString(types);
    }

    private static final String DEFS =
            "\"$defs\": {\"list\": {\"type\": \"array\"}, \"self\": {\"$ref\": \"#/$defs/self\"}}";

    @Test
    @Timeout(10)
    void aChoiceThatNamesItselfAgainAndAgainIsLookedAtOnce() throws JsonProcessingException {
        String self = "{\"$ref\": \"#/properties/p\"}, ";
        String schema = "{\"anyOf\": [" + self.repeat(10) + "{\"type\": \"integer\"}]}";
        assertThat(types("{\"properties\": {\"p\": " + schema + "}}", "p")).containsExactly("integer");
    }

    @Test
    void ofWhatNoToolNamesNothingIsSaid() throws JsonProcessingException {
        assertThat(types("{\"properties\": {}}", "p")).isEmpty();
        assertThat(tools("{}").of("g", "p")).isEmpty();
        assertThat(tools("null").of("f", "p")).isEmpty();
        assertThat(tools("{}").functions()).containsExactly("f");
    }

    private static java.util.Set<String> types(String parameters, String name) throws JsonProcessingException {
        return tools(parameters).of("f", name);
    }

    private static ToolTypes tools(String parameters) throws JsonProcessingException {
        return new ToolTypes(JsonMapper.builder()
                .build()
                .readTree("[{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": " + parameters
                        + "}}]"));
    }
}
