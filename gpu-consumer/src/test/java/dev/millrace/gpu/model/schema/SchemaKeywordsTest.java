package dev.millrace.gpu.model.schema;

import static dev.millrace.gpu.model.schema.DemoForms.JSON;
import static dev.millrace.gpu.model.schema.DemoForms.VOCABULARY;
import static dev.millrace.gpu.model.schema.DemoForms.admits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tools write when they make a schema of a program's types, and schemas at the ends of what is sensible. */
class SchemaKeywordsTest {

    @Test
    void aDateIsAnyDayThatThereIs() {
        StringBuilder wrong = new StringBuilder();
        TextMatcher dates = Dfa.of(String.valueOf(StringFormats.pattern("date")), "");
        for (int year : new int[] {0, 1, 1600, 1700, 1900, 2000, 2023, 2024, 2100, 9999}) {
            for (int month = 0; month <= 13; month++) {
                for (int day = 0; day <= 32; day++) {
                    String text = "%04d-%02d-%02d".formatted(year, month, day);
                    if (matches(dates, text) != (year > 0 && isDate(text))) {
                        wrong.append(text).append(' ');
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean matches(TextMatcher matcher, String text) {
        int state = matcher.start();
        for (int i = 0; i < text.length() && state != TextMatcher.DEAD; i++) {
            state = matcher.next(state, text.charAt(i));
        }
        return state != TextMatcher.DEAD && matcher.canEnd(state, 0, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "date-time;2024-01-31T10:00:00Z 2024-02-29T23:59:59.123456+02:00;2023-02-29T10:00:00Z 2024-01-31",
                "duration;P1D PT5M P3Y6M4DT12H30M5S P2W PT0S;P PT P1YT 1D P1.5D",
                "ipv6;:: ::1 1:: fe80::1 1:2:3:4:5:6:7:8 2001:db8::8a2e:370:7334;1::2::3 1:2:3 1:2:3:4:5:6:7:8:9 :1",
                "uri;https://a.b/c?d=1#x http://u@h.org:80/ urn:isbn:1 mailto:a@b.c file:///etc/x;x a:// http://a^b",
                "email;a.b.c@x.com john.van.den.berg@mail.example.co.uk o'brien+x@a-b.org;a@b .a@x.com a..b@x.com",
            })
    void formatsAreAsWideAsTheyAreUsed(String format, String right, String wrong) {
        admits("{'type':'string','format':'" + format + "'}", quoted(right), quoted(wrong));
    }

    private static List<String> quoted(String texts) {
        return Stream.of(texts.split(" ")).map(text -> '"' + text + '"').toList();
    }

    @Test
    void aFormatAndAPatternAreBothKeptTo() {
        admits(
                "{'type':'string','format':'date','pattern':'^20\\\\d{2}-|-01$','maxLength':10}",
                List.of("\"2024-03-31\"", "\"1999-05-01\""),
                List.of("\"1999-05-02\"", "\"2024-02-30\"", "\"20244-01\""));
        assertThatThrownBy(() -> admits("{'type':'string','format':'date','pattern':'^x'}", List.of("1"), List.of()))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("no string fits");
    }

    @Test
    void allOfNoMoreThanOneIsThatOne() {
        admits(
                "{'type':'object','properties':{'a':{'allOf':[{'$ref':'#/$defs/A'}],'title':'A','default':1}},"
                        + "'required':['a'],'additionalProperties':false,'$defs':{'A':{'type':'integer'}}}",
                List.of("{\"a\":1}"),
                List.of("{\"a\":\"x\"}", "{}"));
    }

    @Test
    void oneOfSchemasThatExcludeEachOtherIsAnyOfThem() {
        String cat = "{'type':'object','properties':{'kind':{'const':'cat'},'age':{'type':'integer'}},"
                + "'required':['kind','age'],'additionalProperties':false}";
        String dog = "{'type':'object','properties':{'kind':{'enum':['dog','wolf']}},'required':['kind']}";
        admits(
                "{'oneOf':[{'$ref':'#/$defs/Cat'},{'$ref':'#/$defs/Dog'}],'$defs':{'Cat':" + cat + ",'Dog':" + dog
                        + "},'discriminator':{'propertyName':'kind','mapping':{'cat':'#/$defs/Cat'}}}",
                List.of("{\"kind\":\"cat\",\"age\":3}", "{\"kind\":\"wolf\"}"),
                List.of("{\"kind\":\"cow\"}", "{\"kind\":\"cat\"}"));
        admits("{'oneOf':[{'type':'integer'},{'type':['string','null']}]}", List.of("1", "null"), List.of("[]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'properties':{'k':{'const':'a'}},'required':['k']};{'properties':{'k':{'const':'b'}},'required':['k']}",
                "{'type':'object','properties':{'k':{'const':'a'}}};{'type':'object','properties':{'k':{'const':'b'}}}",
                "{'type':'string','nullable':true};{'type':'integer','nullable':true}",
                "{'enum':['a','b']};{'enum':['b','c']}",
                "{'const':1};{'const':1.0}"
            })
    void oneOfSchemasThatMayOverlapIsRefused(String one, String other) {
        assertThatThrownBy(() -> admits("{'oneOf':[" + one + "," + other + "]}", List.of("1"), List.of()))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("may overlap");
    }

    @Test
    void membersMayHaveGivenNames() {
        admits(
                "{'type':'object','propertyNames':{'type':'string'},'additionalProperties':{'type':'number'}}",
                List.of("{}", "{\"a\":1.5}"),
                List.of("{\"a\":\"x\"}"));
        admits(
                "{'type':'object','propertyNames':{'$ref':'#/$defs/K'},'additionalProperties':{'type':'integer'},"
                        + "'$defs':{'K':{'type':'string','enum':['x','y',1]}}}",
                List.of("{}", "{\"y\":1,\"x\":2}"),
                List.of("{\"z\":1}", "{\"1\":1}", "{\"x\":\"1\"}"));
    }

    @Test
    void boundsBeyondAllNumbersAreNone() {
        admits(
                "{'type':'integer','minimum':-9223372036854775808,'maximum':9223372036854775807}",
                List.of("0", "9223372036854775807", "-9223372036854775808"),
                List.of("9223372036854775808", "1.0"));
        admits(
                "{'type':'integer','minimum':0,'maximum':18446744073709551615}",
                List.of("18446744073709551615"),
                List.of("18446744073709551616", "-1"));
        admits(
                "{'type':'number','minimum':-3.4028234663852886e38,'maximum':1.7976931348623157e308}",
                List.of("-1.5", "0", "123456"),
                List.of("x"));
        admits("{'type':'number','exclusiveMinimum':1e-30}", List.of("1", "0.001"), List.of("0", "0.0", "-1"));
    }

    @Test
    void halvesOfASurrogatePairAreOneCharacter() {
        for (String pattern : List.of("^\\\\ud83d\\\\ude00$", "^[\\\\ud83d\\\\ude00-\\\\ud83d\\\\ude03]$")) {
            admits(
                    "{'type':'string','pattern':'" + pattern + "'}",
                    List.of("\"😀\"", "\"\\ud83d\\ude00\""),
                    List.of("\"a\"", "\"\\ud83d\"", "\"😅\""));
        }
        admits("{'type':'string','pattern':'^(a|[\\\\ud800-\\\\udfff]b)$'}", List.of("\"a\""), List.of("\"b\""));
    }

    @Test
    void referencesMayBeWrittenAsFragmentsOfAUri() {
        admits(
                "{'$ref':'#/definitions/Box%3Ca+b%3E','definitions':{'Box<a+b>':{'type':'integer'}}}",
                List.of("1"), List.of("\"a\""));
    }

    @Test
    void referencesMayFollowOneAnotherButNotWithoutEnd() {
        assertThat(CompiledForm.ofSchema(chain(1500), VOCABULARY).start().isDead())
                .isFalse();
        assertThatThrownBy(() -> CompiledForm.ofSchema(chain(10_000), VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("references");
    }

    private static ObjectNode chain(int links) {
        ObjectNode schema = JSON.createObjectNode().put("$ref", "#/$defs/d0");
        ObjectNode definitions = schema.putObject("$defs");
        for (int i = 0; i < links; i++) {
            ObjectNode link = definitions.putObject("d" + i).put("type", "object");
            link.putObject("properties").putObject("next").put("$ref", "#/$defs/d" + (i + 1));
        }
        definitions.putObject("d" + links).put("type", "integer");
        return schema;
    }

    /** However many members an object has, none of them is lost, and it can be ended. */
    @Test
    void anObjectMayHaveThousandsOfMembers() {
        ObjectNode schema = JSON.createObjectNode().put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        ObjectNode value = JSON.createObjectNode();
        for (int i = 0; i < 2000; i++) {
            properties.putObject("p" + i).put("type", "integer");
            if (i % 50 == 0) {
                required.add("p" + i);
                value.put("p" + i, i);
            }
        }
        admits(schema.toString(), List.of(value.toString(), value.toPrettyString()), List.of("{}", "{\"p0\":0}"));
        properties.putObject("p2000");
        assertThatThrownBy(() -> CompiledForm.ofSchema(schema, VOCABULARY))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("too many properties");
    }
}
