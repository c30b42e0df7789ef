package dev.millrace.gpu.model.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.ToolCallDelta;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkupCallsTest {

    @Test
    void textsStreamWhileTheyAreWrittenAndOtherValuesOnceTheyAreWhole() {
        OutputParser parser = Heard.parser(OutputFormat.MARKUP, false);
        OutputDelta delta = parser.push("Hm.\n<tool_call>\n<function=f>\n<parameter=string>\nSay \"one\"\n");

        assertThat(delta.content()).isEqualTo("Hm.");
        assertThat(delta.toolCalls())
                .containsExactly(new ToolCallDelta(0, "call_0", "f", ""), arguments("{\"string\": \"Say \\\"one\\\""));
        assertThat(parser.push("two\n</parameter>\n<parameter=array>\n[1, 2").toolCalls())
                .containsExactly(arguments("\\ntwo\", \"array\": "));
        assertThat(parser.push("]\n</parameter>\n</function>").toolCalls()).containsExactly(arguments("[1, 2]}"));
        assertThat(parser.push("\n</tool_call>").isEmpty()).isTrue();
        assertThat(parser.finish().isEmpty()).isTrue();
    }

    private static ToolCallDelta arguments(String more) {
        return new ToolCallDelta(0, null, null, more);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', textBlock = """
            string          => 12                => "12"
            string          => "a"               => "\\"a\\""
            string          => None              => "None"
            unknown         => true              => "true"
            unknown         => [1]               => "[1]"
            integer         => 12                => 12
            integer         => -5.0              => -5.0
            integer         => twelve            => "twelve"
            integer         => "12"              => "12"
            integer         => 12 13             => "12 13"
            number          => 1e3               => 1e3
            boolean         => true              => true
            boolean         => False             => false
            boolean         => yes               => "yes"
            array           => ["a", 1]          => ["a", 1]
            array           => ['a']             => ["a"]
            array           => {"a": 1}          => "{\\"a\\": 1}"
            object          => {"a": {"b": []}}  => {"a": {"b": []}}
            object          => {"a": 1           => "{\\"a\\": 1"
            null_string     => null              => null
            null_string     => None              => null
            null_string     => nothing           => "nothing"
            null_string     => "null"            => "\\"null\\""
            integer_string  => 5                 => 5
            integer_string  => 5 apples          => "5 apples"
            object_string   => {"a": 1}          => {"a": 1}
            """)
    void valuesAreOfTheTypesThatTheToolNames(String types, String written, String read) {
        assertThat(calls(call(parameter(types, written)))).hasToString("[call_0 f {\"" + types + "\": " + read + "}]");
    }

    @Test
    void theLineBreaksNextToItsTagsAreNoPartOfAText() {
        for (String written :
                List.of("a", "\na\n", "\n\n a\n\n\n", "", "\n", "\n\n", "\na\n</b>\n", "\nif a < b:\n\treturn\n")) {
            String text = written.startsWith("\n") ? written.substring(1) : written;
            text = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            String json = text.replace("\n", "\\n").replace("\t", "\\t");
            assertThat(calls(call("<parameter=string>" + written + "</parameter>")))
                    .hasToString("[call_0 f {\"string\": \"" + json + "\"}]");
        }
    }

    @Test
    void severalCallsComeApartOrTogether() {
        String one = "<function=f>\n" + parameter("integer", "1") + "</function>\n";
        String two = "<function=f>\n" + parameter("integer", "2") + parameter("null", "null") + "</function>\n";
        String expected = "[call_0 f {\"integer\": 1}, call_1 f {\"integer\": 2, \"null\": null}]";
        assertThat(calls("<tool_call>\n" + one + "</tool_call>\n<tool_call>\n" + two + "</tool_call>"))
                .hasToString(expected);
        assertThat(calls("<tool_call>\n" + one + two + "</tool_call>")).hasToString(expected);
        assertThat(calls("<tool_call>\n" + one + "<tool_call>\n" + two + "</tool_call>"))
                .hasToString(expected);
    }

    @Test
    void aFunctionWithoutParametersHasNoArguments() {
        assertThat(calls(call(""))).hasToString("[call_0 f {}]");
        assertThat(calls("<tool_call><function=f></function></tool_call>")).hasToString("[call_0 f {}]");
    }

    @Test
    void aFunctionThatWasOfferedIsACallWithoutTheTagsAroundIt() {
        String bare = "<function=f>\n" + parameter("integer", "1") + "</function>";
        assertThat(heard("Well.\n" + bare + "\n</tool_call>"))
                .hasToString("content=[Well.] reasoning=[] calls=[call_0 f {\"integer\": 1}]");
        assertThat(heard(bare + "\n" + bare + "\nDone."))
                .hasToString(
                        "content=[Done.] reasoning=[] calls=[call_0 f {\"integer\": 1}, call_1 f {\"integer\": 1}]");
        assertThat(heard("std::<function=g> and </tool_call>"))
                .hasToString("content=[std::<function=g> and </tool_call>] reasoning=[] calls=[]");
    }

    @Test
    void tagsThatWereForgottenAreTakenForRead() {
        String call = "<tool_call>\n<function=f>\n<parameter=string>\na\n";
        String expected = "content=[Done.] reasoning=[] calls=[call_0 f {\"string\": \"a\"}]";
        assertThat(heard(call + "</function>\n</tool_call>Done.")).hasToString(expected);
        assertThat(heard(call + "</tool_call>Done.")).hasToString(expected);
        assertThat(heard(call + "</parameter>\n</tool_call>Done.")).hasToString(expected);
        assertThat(calls(call + "<tool_call>\n<function=f>\n</function>\n</tool_call>"))
                .hasToString("[call_0 f {\"string\": \"a\"}, call_1 f {}]");
        assertThat(calls(call + "</function> b\n</parameter>\n</function>\n</tool_call>"))
                .hasToString("[call_0 f {\"string\": \"a\\n</function> b\"}]");
    }

    @Test
    void whatIsNoCallStaysText() {
        for (String text : List.of(
                "<tool_call>\nf()\n</tool_call>",
                "<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>",
                "<tool_call>\n<function=\n>",
                "<tool_call>\n<function=a<b>",
                "Write `<tool_call>` to call.")) {
            assertThat(heard(text)).hasToString("content=[" + text + "] reasoning=[] calls=[]");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', textBlock = """
            <function=f>|<parameter=string>|a b => [call_0 f {"string": "a b]
            <function=f>|<parameter=string>|a </par => [call_0 f {"string": "a </par]
            <function=f>|<parameter=array>|[1, => [call_0 f {"array": [1,]
            <function=f>|<parameter=arr => [call_0 f ]
            <function=f> => [call_0 f ]
            <function=f => []
            <func => []
            |=> []
            """)
    void aCallCutOffIsPassedOnAsFarAsItCameAndIsNoText(String text, String calls) {
        assertThat(heard("Hi.\n<tool_call>\n" + text.replace('|', '\n')))
                .hasToString("content=[Hi.] reasoning=[] calls=" + calls);
    }

    private static String call(String parameters) {
        return "<tool_call>\n<function=f>\n" + parameters + "</function>\n</tool_call>";
    }

    private static String parameter(String name, String value) {
        return "<parameter=" + name + ">\n" + value + "\n</parameter>\n";
    }

    private static List<Heard.Call> calls(String text) {
        return heard(text).calls;
    }

    private static Heard heard(String text) {
        return Heard.whole(OutputFormat.MARKUP, false, List.of(text));
    }
}
