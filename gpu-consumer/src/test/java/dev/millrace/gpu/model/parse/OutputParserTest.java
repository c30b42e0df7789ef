package dev.millrace.gpu.model.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputParserTest {

    private static final String CALL = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>";
    private static final String DEEPSEEK_CALL =
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"a\": 1}\n```<｜tool▁call▁end｜>";

    private static final String MARKUP_CALL =
            "<tool_call>\n<function=f>\n<parameter=integer>\n1\n</parameter>\n</function>\n</tool_call>";

    @Test
    void argumentsStreamWhileTheyAreWritten() {
        OutputParser parser = Heard.parser(OutputFormat.QWEN, false);
        OutputDelta delta = parser.push("Hm.\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"one ");

        assertThat(delta.content()).isEqualTo("Hm.");
        assertThat(delta.toolCalls())
                .containsExactly(
                        new ToolCallDelta(0, "call_0", "f", ""), new ToolCallDelta(0, null, null, "{\"a\": \"one "));
        assertThat(parser.calls()).isEqualTo(1);
        assertThat(parser.push("two\"}").toolCalls()).containsExactly(new ToolCallDelta(0, null, null, "two\"}"));
        assertThat(parser.push("}\n</tool_call>").isEmpty()).isTrue();
        assertThat(parser.finish().isEmpty()).isTrue();
    }

    @Test
    void whoeverAsksHearsWithWhichTagTheCallsWereOpenedThatAreBeingRead() {
        OutputParser parser = Heard.parser(OutputFormat.DEEPSEEK, true);
        parser.push("I shall write <｜tool▁calls▁begin｜> now.</think>");
        assertThat(parser.openedBy()).isNull();
        for (String more : DEEPSEEK_CALL.split("(?<=>)")) {
            parser.push(more);
            assertThat(parser.openedBy()).as(more).isEqualTo("<｜tool▁calls▁begin｜>");
        }
        parser.push("<｜tool▁calls▁end｜>");
        assertThat(parser.openedBy()).isNull();
        parser.push("<｜tool▁call▁begin｜>");
        assertThat(parser.openedBy()).isEqualTo("<｜tool▁call▁begin｜>");
        OutputParser markup = Heard.parser(OutputFormat.MARKUP, false);
        markup.push("See: <function=g> <function=f>\n");
        assertThat(markup.openedBy()).isEqualTo("<function=f>");
        markup.push("</function>");
        assertThat(markup.openedBy()).isNull();
    }

    @Test
    void argumentsBeforeTheNameWaitForIt() {
        assertThat(qwen("<tool_call>{\"arguments\": {\"a\": 1}, \"name\": \"f\"}</tool_call>"))
                .hasToString("content=[] reasoning=[] calls=[call_0 f {\"a\": 1}]");
    }

    @Test
    void argumentsMayBeMissingOrText() {
        assertThat(qwen("<tool_call>{\"name\": \"f\"}</tool_call>").calls).hasToString("[call_0 f {}]");
        assertThat(qwen("<tool_call>{\"name\": \"f\", \"arguments\": null}</tool_call>").calls)
                .hasToString("[call_0 f {}]");
        assertThat(qwen("<tool_call>{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>").calls)
                .hasToString("[call_0 f {\"a\": 1}]");
    }

    @Test
    void whatIsNoCallStaysText() {
        for (String text : List.of(
                "<tool_call>\nf()\n</tool_call>",
                "<tool_call>{\"arguments\": {\"a\": 1}}</tool_call>",
                "<tool_call>{\"name\": 3}</tool_call>",
                "<tool_call>{\"name\": \"f\", \"arguments\": [1]}</tool_call>",
                "<tool_call>{\"name\": \"f\", \"arguments\": {a: 1}}</tool_call>",
                "Write `<tool_call>` to call.")) {
            assertThat(qwen(text)).hasToString("content=[" + text + "] reasoning=[] calls=[]");
        }
        for (String text : List.of(
                "<｜tool▁calls▁begin｜>oops",
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\noops\n```")) {
            assertThat(heard(OutputFormat.DEEPSEEK, text)).hasToString("content=[" + text + "] reasoning=[] calls=[]");
        }
    }

    @Test
    void aMistakeInABegunCallStaysInTheCall() {
        assertThat(qwen("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1, b}}</tool_call>Done."))
                .hasToString("content=[Done.] reasoning=[] calls=[call_0 f {\"a\": 1, b}}]");
        assertThat(heard(OutputFormat.DEEPSEEK, DEEPSEEK_CALL.replace("1}", "1, b}") + "<｜tool▁calls▁end｜>Done."))
                .hasToString("content=[Done.] reasoning=[] calls=[call_0 f {\"a\": 1, b}\n```]");
    }

    @Test
    void aLineBreakInsideAStringIsEscaped() {
        assertThat(qwen(CALL.replace("1", "\"x\ny\"")).calls).hasToString("[call_0 f {\"a\": \"x\\u000ay\"}]");
    }

    @Test
    void aBackslashThatEscapesNothingIsOneItself() {
        assertThat(qwen(CALL.replace("1", "\"C:\\dir\\\\f \\d+ \\n\"")).calls)
                .hasToString("[call_0 f {\"a\": \"C:\\\\dir\\\\f \\\\d+ \\n\"}]");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', textBlock = """
            <tool_call>{"name": "f", "arguments": {"a": "b => [call_0 f {"a": "b]
            <tool_call>{"name": "f", "arguments": {"a => [call_0 f {"a]
            <tool_call>{"name": "f", "argu => [call_0 f ]
            <tool_call>{"name": "f => []
            <tool_call>{"na => []
            <tool_call> => []
            """)
    void aCallCutOffIsPassedOnAsFarAsItCameAndIsNoText(String text, String calls) {
        assertThat(qwen("Hi.\n" + text)).hasToString("content=[Hi.] reasoning=[] calls=" + calls);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '§', textBlock = """
            function<｜tool▁sep｜>f|```json|{"a": "b => [call_0 f {"a": "b]
            function<｜tool▁sep｜>f|```json|{"a => [call_0 f {"a]
            function<｜tool▁sep｜>f|``` => [call_0 f ]
            function<｜tool▁sep｜>f => []
            function<｜tool▁sep｜> => []
            func => []
            f<｜tool▁sep｜>{"a => [call_0 f {"a]
            f<｜tool▁sep｜> => [call_0 f ]
            """)
    void soIsOneInDeepSeeksFormat(String text, String calls) {
        String cut = "Hi.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>" + text.replace('|', '\n');
        assertThat(heard(OutputFormat.DEEPSEEK, cut)).hasToString("content=[Hi.] reasoning=[] calls=" + calls);
    }

    @Test
    void aCallThatOpensBeforeTheOneBeforeItIsClosedIsACallToo() {
        assertThat(qwen(CALL.replace("\n</tool_call>", "\n") + CALL).calls)
                .hasToString("[call_0 f {\"a\": 1}, call_1 f {\"a\": 1}]");
    }

    @Test
    void severalCallsBetweenTwoTagsAreCallsAll() {
        String calls = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n{\"name\": \"g\"}\n</tool_call>";
        assertThat(qwen("A" + calls + "\nB"))
                .hasToString("content=[A\nB] reasoning=[] calls=[call_0 f {\"a\": 1}, call_1 g {}]");
        assertThat(qwen(calls.replace("\"name\": \"g\"", "") + CALL))
                .hasToString("content=[] reasoning=[] calls=[call_0 f {\"a\": 1}, call_1 f {\"a\": 1}]");
        assertThat(qwen(calls.replace("{\"name\": \"g\"}", "}}") + "B"))
                .hasToString("content=[B] reasoning=[] calls=[call_0 f {\"a\": 1}]");
    }

    @Test
    void aCallThatEndsBeforeItsArgumentsHasNone() {
        for (String call : List.of("f<｜tool▁sep｜>", "function<｜tool▁sep｜>f\n```json\n\n```")) {
            String text = "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>" + call + "<｜tool▁call▁end｜><｜tool▁calls▁end｜>";
            assertThat(heard(OutputFormat.DEEPSEEK, text)).hasToString("content=[] reasoning=[] calls=[call_0 f {}]");
        }
    }

    @Test
    void anEndThatIsSpelledOutInsideAnAnswerIsText() {
        assertThat(qwen("End with `<|im_end|>`.\n<|im_end|>").content).hasToString("End with `<|im_end|>`.\n");
        assertThat(qwen("<think>\nNot <|im_end|>, no.\n</think>\nHi<|im_end|>"))
                .hasToString("content=[Hi] reasoning=[Not <|im_end|>, no.] calls=[]");
    }

    @Test
    void textAfterACallIsKeptAndTheSpaceAroundTheCallIsNot() {
        assertThat(qwen(CALL + "\n")).hasToString("content=[] reasoning=[] calls=[call_0 f {\"a\": 1}]");
        assertThat(qwen("One.\n" + CALL + "\n").content).hasToString("One.");
        assertThat(qwen("One.\n" + CALL + "\nTwo.").content).hasToString("One.\nTwo.");
    }

    @Test
    void aThoughtOpenedTwiceIsOneThought() {
        OutputParser parser = Heard.parser(OutputFormat.QWEN, true);
        assertThat(parser.isThinking()).isTrue();
        assertThat(parser.push("<think>\nhm\n</think>\n\nyes")).isEqualTo(new OutputDelta("yes", "hm", List.of()));
        assertThat(parser.isThinking()).isFalse();
    }

    @Test
    void plainFormatLeavesCallsAlone() {
        assertThat(heard(OutputFormat.PLAIN, CALL).content).hasToString(CALL);
    }

    @Test
    void textOfAnAnswerIsKeptAsItIs() {
        assertThat(qwen("  a\n\n b <think>c</think> \n"))
                .hasToString("content=[  a\n\n b <think>c</think> \n] reasoning=[] calls=[]");
    }

    @Test
    void formatIsReadFromTheTemplate() {
        assertThat(OutputFormat.of("x <tool_call> y")).isEqualTo(OutputFormat.QWEN);
        assertThat(OutputFormat.of("x <｜tool▁calls▁begin｜> y")).isEqualTo(OutputFormat.DEEPSEEK);
        assertThat(OutputFormat.of("x")).isEqualTo(OutputFormat.PLAIN);
        assertThat(OutputFormat.of("x <tool_call>\n<function=f> y")).isEqualTo(OutputFormat.MARKUP);
    }

    @Test
    void anythingAtAllGivesTheSameAtEverySplitAndNeverThrows() {
        List<String> fragments = new ArrayList<>(OutputParser.TAGS);
        fragments.addAll(List.of(
                CALL,
                DEEPSEEK_CALL,
                MARKUP_CALL,
                "{\"name\": \"g\", \"arguments\": {\"x\": ",
                "\"name\"",
                "arguments"));
        fragments.addAll(List.of("<function=f>", "<function=g>", "</function>", "<parameter=null_string>"));
        fragments.addAll(List.of("<parameter=string>", "</parameter>", "None", "True"));
        fragments.addAll(
                List.of("{", "}", "\"", "\\", ":", ",", " ", "\n", "<", "1", "null", "f", "你", "😀", "```json\n"));
        Random random = new Random(20260101);
        for (int round = 0; round < 4_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                String fragment = fragments.get(random.nextInt(fragments.size()));
                text.append(
                        random.nextInt(4) > 0
                                ? fragment
                                : fragment.substring(0, random.nextInt(fragment.length()) + 1));
            }
            OutputFormat format = OutputFormat.values()[random.nextInt(OutputFormat.values().length)];
            assertSameAtEverySplit(format, random.nextBoolean(), text.toString(), random);
        }
    }

    /** Also after each prefix the same must have been said, or a choice could not be taken over. */
    static void assertSameAtEverySplit(OutputFormat format, boolean opened, String text, Random random) {
        OutputParser single = Heard.parser(format, opened);
        OutputParser pieces = Heard.parser(format, opened);
        Heard bySingle = new Heard();
        Heard byPieces = new Heard();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(9));
            for (int i = from; i < to; i++) {
                bySingle.take(single.push(text.substring(i, i + 1)));
            }
            byPieces.take(pieces.push(text.substring(from, to)));
            assertThat(byPieces).describedAs("%s", text).hasToString(bySingle.toString());
            from = to;
        }
        bySingle.take(single.finish());
        byPieces.take(pieces.finish());
        assertThat(byPieces).describedAs("%s", text).hasToString(bySingle.toString());
        assertThat(Heard.whole(format, opened, List.of(text))).hasToString(bySingle.toString());
    }

    private static Heard qwen(String text) {
        return heard(OutputFormat.QWEN, text);
    }

    private static Heard heard(OutputFormat format, String text) {
        return Heard.whole(format, false, List.of(text));
    }
}
