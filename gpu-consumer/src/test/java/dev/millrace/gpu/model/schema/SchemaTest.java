package dev.millrace.gpu.model.schema;

import static dev.millrace.gpu.model.schema.DemoForms.admits;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which texts each keyword admits. */
class SchemaTest {

    @Test
    void integersStayWithinTheirBounds() {
        admits(
                "{'type':'integer','minimum':-5,'maximum':120}",
                List.of("-5", "-1", "0", "7", "99", "100", "120", "-0"),
                List.of("-6", "121", "130", "1000", "01", "1.0", "", "-", "+1", "1e1"));
        admits("{'type':'integer','exclusiveMinimum':3,'exclusiveMaximum':5}", List.of("4"), List.of("3", "5", "-4"));
        admits("{'type':'integer','minimum':1234}", List.of("1234", "99999"), List.of("1", "123", "-1234"));
        admits("{'type':'integer','minimum':0.5,'maximum':2.5}", List.of("1", "2"), List.of("0", "3"));
    }

    @Test
    void numbersStayWithinTheirBounds() {
        admits(
                "{'type':'number','minimum':0,'exclusiveMaximum':1}",
                List.of("0", "0.0", "0.999", "0.5"),
                List.of("1", "1.0", "-0.1", "2", ".5", "0."));
        admits("{'type':'number'}", List.of("-1.5e-7", "0", "12E+3", "3.14"), List.of("1.", "--1", "00", "NaN"));
        admits(
                "{'type':'number','minimum':-2.5,'maximum':-1.25}",
                List.of("-2.5", "-2", "-1.25", "-1.9"),
                List.of("-1", "-3", "2", "-1.2"));
    }

    @Test
    void stringsAreCountedInCharactersHoweverTheyAreSpelled() {
        admits(
                "{'type':'string','minLength':1,'maxLength':2}",
                List.of("\"a\"", "\"é\"", "\"😀😀\"", "\"\\n\"", "\"\\u00e9a\"", "\"\\ud83d\\ude00b\"", "\"\\\"\\\\\""),
                List.of("\"\"", "\"abc\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\n\"", "\"\\x\"", "a", "\"a"));
    }

    @Test
    void stringsMatchTheirPattern() {
        admits(
                "{'type':'string','pattern':'^[A-Z]{2}\\\\\\\\d+$'}".replace("\\\\\\\\", "\\\\"),
                List.of("\"AB1\"", "\"AB123\"", "\"\\u0041B7\""),
                List.of("\"AB\"", "\"aB1\"", "\"xAB1\""));
        admits("{'type':'string','pattern':'b'}", List.of("\"abc\"", "\"b\""), List.of("\"ac\"", "\"\""));
        admits(
                "{'type':'string','pattern':'^(ab|cd)*$','minLength':4,'maxLength':5}",
                List.of("\"abcd\""),
                List.of("\"ab\"", "\"ababab\""));
        admits(
                "{'type':'string','pattern':'^ab?$|^x'}",
                List.of("\"a\"", "\"ab\"", "\"xyz\""),
                List.of("\"abb\"", "\"yx\""));
    }

    @Test
    void objectsTakeTheirMembersInAnyOrderEachOnce() {
        admits(
                "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'null'}},'required':['a'],'additionalProperties':false}",
                List.of("{\"a\":1}", "{ \"b\" : null, \"a\": 2 }", "{\"a\":1,\"b\":null}", "{\n  \"a\": 1\n}"),
                List.of(
                        "{\"\\u0061\":1}",
                        "{}",
                        "{\"b\":null}",
                        "{\"a\":1,\"a\":2}",
                        "{\"a\":1,}",
                        "{\"c\":1,\"a\":1}",
                        "{a:1}"));
        admits(
                "{'type':'object','properties':{'a':{'type':'integer'}},'additionalProperties':{'type':'boolean'}}",
                List.of("{}", "{\"b\":true}", "{\"ab\":false,\"a\":1}", "{\"\":true}"),
                List.of("{\"a\":true}", "{\"b\":1}"));
    }

    @Test
    void arraysHaveAsManyItemsAsTheyMay() {
        admits(
                "{'type':'array','items':{'type':'boolean'},'minItems':1,'maxItems':2}",
                List.of("[true]", "[ true , false ]"),
                List.of("[]", "[true,false,true]", "[1]", "[true,]"));
        admits("{'type':'array','maxItems':0}", List.of("[]", "[ ]"), List.of("[1]"));
    }

    @Test
    void valuesMayBeGiven() {
        admits(
                "{'enum':['a',1,null,{'k':[1,'x']}]}",
                List.of("\"a\"", "1", "null", "{\"k\": [1, \"x\"]}"),
                List.of("\"b\"", "2", "{\"k\":[1]}"));
        admits("{'const':'é'}", List.of("\"é\"", "\"\\u00e9\""), List.of("\"e\""));
        admits("{'type':'string','enum':['a',1]}", List.of("\"a\""), List.of("1"));
        admits(
                "{'enum':[0.0001,1e15,-2.5,3.0]}",
                List.of("0.0001", "1.0E-4", "1000000000000000", "-2.5", "3.0", "3"),
                List.of("0.001", "1", "2.5", "30"));
        admits("{'type':'integer','enum':[1.0,2.5,30]}", List.of("1", "1.0", "30"), List.of("2.5"));
    }

    @Test
    void schemasMayNameThemselves() {
        admits(
                "{'$defs':{'t':{'type':'object','properties':{'n':{'anyOf':[{'$ref':'#/$defs/t'},{'type':'null'}]}},'required':['n'],'additionalProperties':false}},'$ref':'#/$defs/t'}",
                List.of("{\"n\":null}", "{\"n\":{\"n\":{\"n\":null}}}"),
                List.of("null", "{\"n\":{}}"));
        admits(
                "{'type':'array','items':{'$ref':'#'}}",
                List.of("[]", "[[],[[]]]", "[".repeat(13) + "]".repeat(13)),
                List.of("[1]", "[".repeat(14) + "]".repeat(14)));
    }

    @Test
    void anythingGoesWhereNothingIsSaid() {
        admits("{}", List.of("1", "\"x\"", "[1,{\"a\":[null]}]", "{}"), List.of("", "x", "[1,]"));
        admits("{'type':['string','null']}", List.of("\"a\"", "null"), List.of("1"));
        admits("{'type':'integer','nullable':true}", List.of("1", "null"), List.of("\"a\""));
    }
}
