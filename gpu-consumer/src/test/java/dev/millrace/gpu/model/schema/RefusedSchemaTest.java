package dev.millrace.gpu.model.schema;

import static dev.millrace.gpu.model.schema.DemoForms.JSON;
import static dev.millrace.gpu.model.schema.DemoForms.VOCABULARY;
import static dev.millrace.gpu.model.schema.DemoForms.admits;
import static dev.millrace.gpu.model.schema.DemoForms.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no answer could be kept to, or only at too great a cost. */
class RefusedSchemaTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oneOf",
                "allOf",
                "not",
                "if",
                "uniqueItems",
                "multipleOf",
                "patternProperties",
                "minProperties",
                "prefixItems",
                "contains",
                "frobnicate"
            })
    void whatIsNotSupportedIsRefusedByName(String keyword) {
        JsonNode schema = json("{'type':'object','properties':{'a':{'" + keyword + "':[]}}}");
        assertThatThrownBy(() -> CompiledForm.ofSchema(schema, VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining(keyword)
                .hasMessageContaining("/properties/a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'type':'wizard'};no type",
                "{'type':null};no type null",
                "{'type':'integer','minimum':1e999};too large",
                "{'type':'array','items':{'const':[1e999]}};too large",
                "{'type':'integer','enum':[1.5,1e999]};too large",
                "{'type':'string','pattern':'(?=a)b'};look-ahead",
                "{'type':'string','pattern':'(a'};'('",
                "{'type':'string','pattern':'^a{3}$','maxLength':2};no string fits",
                "{'type':'string','format':'iri'};format",
                "{'$ref':'#/$defs/x'};names nothing",
                "{'$ref':'http:x'};same schema",
                "{'type':'integer','minimum':3,'maximum':2};nothing can ever match",
                "{'type':'array','minItems':3,'maxItems':2};minItems",
                "{'enum':[]};enum",
                "false;false",
                "{'type':'object','required':['a'],'additionalProperties':false};required",
                "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']};nothing can ever match",
                "{'type':'string','minLength':-1};minLength",
                "{'type':'object','properties':{'a':{'type':'string','required':true}}};required must be a list",
                "{'type':'object','required':'a'};required must be a list",
                "{'type':'object','properties':['a']};properties must be an object",
                "{'type':'string','pattern':5};pattern must be a string",
                "{'type':'string','pattern':'^[\\\\ud800-\\\\udfff]$'};no string fits",
                "{'type':'string','pattern':'^a{2}{3}$'};quantifier of a quantifier",
                "{'type':'integer','minimum':1e30};too many digits",
                "{'allOf':[{'type':'integer'},{'minimum':3}]};allOf of more than one",
                "{'oneOf':[{'type':'integer'},{'type':'number'}]};oneOf of schemas that may overlap",
                "{'type':'object','propertyNames':{'pattern':'^a'}};'pattern' in propertyNames",
                "{'anyOf':[{}],'type':'string'};beside"
            })
    void whatCannotBeKeptToIsToldInOneLine(String schema, String told) {
        assertThatThrownBy(() -> CompiledForm.ofSchema(json(schema), VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining(told);
    }

    @Test
    void manyValuesMayBeGivenButNotAnyNumber() {
        ObjectNode schema = JSON.createObjectNode();
        ArrayNode values = schema.putArray("enum");
        for (int i = 0; i < 1000; i++) {
            values.add("value number " + i);
        }
        assertThat(admits(schema, "\"value number 999\"")).isTrue();
        assertThat(admits(schema, "\"value number 1000\"")).isFalse();
        for (int i = 0; i < 100; i++) {
            values.add(i + "x".repeat(300));
        }
        assertThatThrownBy(() -> CompiledForm.ofSchema(schema, VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("too many or too long");
    }

    @Test
    void aPatternIsMadeOnceAndAllOfThemAreBounded() {
        ObjectNode schema = JSON.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < 40; i++) {
            properties.putObject("p" + i).put("type", "string").put("pattern", "^[a-z]{900}$");
        }
        assertThat(CompiledForm.ofSchema(schema, VOCABULARY).start().isDead()).isFalse();
        for (int i = 0; i < 40; i++) {
            properties.putObject("p" + i).put("type", "string").put("pattern", "^[a-z]{" + (900 + i) + "}$");
        }
        assertThatThrownBy(() -> CompiledForm.ofSchema(schema, VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("too large together");
    }
}
