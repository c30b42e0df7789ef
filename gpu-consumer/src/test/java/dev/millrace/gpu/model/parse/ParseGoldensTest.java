package dev.millrace.gpu.model.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.gpu.model.Goldens;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ParseGoldensTest {

    @TestFactory
    List<DynamicTest> parsesAsTheReferenceDoes() {
        Path file = Goldens.folder().resolve("parse.json");
        assertThat(file).isRegularFile();
        List<JsonNode> cases = Goldens.list(Goldens.read(file));
        assertThat(cases).isNotEmpty();
        return cases.stream()
                .map(golden -> DynamicTest.dynamicTest(golden.get("name").asText(), () -> check(golden)))
                .toList();
    }

    private static void check(JsonNode golden) {
        OutputFormat format = OutputFormat.valueOf(golden.get("format").asText().toUpperCase(Locale.ROOT));
        boolean opened = golden.get("opened").asBoolean();
        String text = golden.get("text").asText();

        Heard heard = Heard.whole(format, opened, List.of(text));
        assertThat(heard.content.toString()).isEqualTo(text(golden.get("content")));
        assertThat(heard.reasoning.toString()).isEqualTo(text(golden.get("reasoning_content")));
        assertThat(heard.calls.stream().map(call -> call.name() + " " + call.arguments()))
                .containsExactlyElementsOf(Goldens.list(golden.get("tool_calls")).stream()
                        .map(call -> call.get("name").asText() + " "
                                + call.get("arguments").asText())
                        .toList());
        for (int cut = 1; cut < text.length(); cut++) {
            assertThat(Heard.whole(format, opened, List.of(text.substring(0, cut), text.substring(cut))))
                    .hasToString(heard.toString());
        }
        for (int seed = 0; seed < 20; seed++) {
            OutputParserTest.assertSameAtEverySplit(format, opened, text, new Random(seed));
        }
    }

    private static String text(JsonNode node) {
        return node.isNull() ? "" : node.asText();
    }
}
