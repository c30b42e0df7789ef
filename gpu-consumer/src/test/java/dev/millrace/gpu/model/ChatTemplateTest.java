package dev.millrace.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.gpu.model.parse.OutputFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateTest {

    private static final String CALLS = "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":"
            + "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":  1}\"}}]}]";
    private static final String CALLS_OF = "{% for c in messages[1].tool_calls %}";

    @Test
    void argumentsComeAsTheTemplateNeedsThem() {
        assertThat(render(CALLS_OF + "{{ 'f' + c.function.arguments }}{% endfor %}", CALLS))
                .isEqualTo("f{\"x\":  1}");
        assertThat(render(CALLS_OF + "{{ c.function.arguments|tojson }}{% endfor %}", CALLS))
                .isEqualTo("{\"x\": 1}");
        assertThat(render(CALLS_OF + "{{ c.function.arguments.items()|list }}{% endfor %}", CALLS))
                .isEqualTo("[('x', 1)]");
    }

    @Test
    void messagesComeAsTemplatesKnowThem() {
        String each = "{% for m in messages %}{{ m.role ~ ':' ~ m.content ~ ';' }}{% endfor %}";
        assertThat(render(
                        each,
                        "[{\"role\":\"developer\",\"content\":\"d\"},{\"role\":\"function\",\"content\":\"r\"},"
                                + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]},"
                                + "{\"role\":\"assistant\"}]"))
                .isEqualTo("system:d;tool:r;user:ab;assistant:;");
        assertThatThrownBy(() -> render(each, "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]"))
                .isInstanceOf(PromptException.class);
    }

    @Test
    void aMessageThatOnlyCallsHasTheContentThatTheTemplateNeeds() {
        String asksForNone = "{% for m in messages %}{{ 'calls' if m.content is none else m.content }};{% endfor %}";
        String looksInside =
                "{% for m in messages %}{% if '</think>' not in m.content %}{{ m.content }}{% endif %};{% endfor %}";
        String splitsAllButTheLast = "{% for m in messages %}"
                + "{{ m.content if loop.last else m.content.split('</think>')[-1] }};{% endfor %}";
        String writesNone = "{% for m in messages %}{{ m.content }};{% endfor %}";
        for (String content : List.of("", "\"content\":null,", "\"content\":\"\",")) {
            String messages = CALLS.replace("\"assistant\",", "\"assistant\"," + content);
            assertThat(render(asksForNone, messages)).isEqualTo("a;calls;");
            assertThat(render(looksInside, messages)).isEqualTo("a;;");
            assertThat(render(writesNone, messages)).isEqualTo("a;;");
            String andResult = messages.replace("}]}]", "}]},{\"role\":\"tool\",\"content\":\"r\"}]");
            assertThat(render(splitsAllButTheLast, andResult)).isEqualTo("a;;r;");
        }
    }

    @Test
    void callsThatAreNoneAreLeftOut() {
        String source = "{% for m in messages %}{{ m.tool_calls is defined }}{% endfor %}";
        for (String none : List.of("null", "[]")) {
            assertThat(render(source, "[{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":" + none + "}]"))
                    .isEqualTo("False");
        }
    }

    @Test
    void argumentsOfTheRequestGoFirst() {
        String source = "{{ add_generation_prompt }} {{ tools }} {{ bos_token }} {{ x }}";
        ChatTemplate template =
                new ChatTemplate(Map.of("default", source), Map.of("bos_token", "<s>"), Clock.systemUTC());
        assertThat(template.render(json("[]"), null, Map.of("x", json("5")))).isEqualTo("True None <s> 5");
        assertThat(template.render(json("[]"), json("[]"), Map.of("add_generation_prompt", json("false"))))
                .isEqualTo("False None <s> ");
    }

    @Test
    void aTemplateForToolsServesConversationsWithTools() {
        ChatTemplate template =
                new ChatTemplate(Map.of("default", "plain", "tool_use", "tools"), Map.of(), Clock.systemUTC());
        assertThat(template.render(json("[]"), null, Map.of())).isEqualTo("plain");
        assertThat(template.render(json("[]"), json("[{}]"), Map.of())).isEqualTo("tools");
    }

    @Test
    void theFileBesideGoesBeforeTheConfiguration(@TempDir Path directory) throws Exception {
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                "{\"eos_token\":{\"content\":\"</s>\"},\"chat_template\":[{\"name\":\"default\",\"template\":\"old\"}]}");
        assertThat(ChatTemplate.read(directory, Clock.systemUTC()).render(json("[]"), null, Map.of()))
                .isEqualTo("old");
        Files.writeString(directory.resolve("chat_template.jinja"), "new <tool_call>{{ eos_token }}");
        ChatTemplate template = ChatTemplate.read(directory, Clock.systemUTC());
        assertThat(template.render(json("[]"), null, Map.of())).isEqualTo("new <tool_call></s>");
        assertThat(template.format()).isEqualTo(OutputFormat.QWEN);
        Path named = Files.createDirectory(directory.resolve("additional_chat_templates"));
        Files.writeString(named.resolve("tool_use.jinja"), "with tools");
        assertThat(ChatTemplate.read(directory, Clock.systemUTC()).render(json("[]"), json("[{}]"), Map.of()))
                .isEqualTo("with tools");
    }

    @Test
    void aFileThatIsNoTextIsTold(@TempDir Path directory) throws Exception {
        Files.write(directory.resolve("chat_template.jinja"), new byte[] {(byte) 0xFF, 'x'});
        assertThatThrownBy(() -> ChatTemplate.read(directory, Clock.systemUTC()))
                .isInstanceOf(ModelFileException.class)
                .hasMessageEndingWith("chat_template.jinja: is not UTF-8");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatThrownBy(() -> render("{{ raise_exception('no such role') }}", "[]"))
                .isInstanceOf(PromptException.class)
                .hasMessage("no such role");
        assertThatThrownBy(() -> render("\n{{ messages[0].x.y }}", "[{}]"))
                .isInstanceOf(PromptException.class)
                .hasMessageContaining("has no attribute 'x' (line 2 of the chat template)");
        assertThatThrownBy(() -> render("{% if %}", "[]"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("line 1");
        ChatTemplate none = new ChatTemplate(Map.of(), Map.of(), Clock.systemUTC());
        assertThat(none.isPresent()).isFalse();
        assertThatThrownBy(() -> none.render(json("[]"), null, Map.of()))
                .isInstanceOf(PromptException.class)
                .hasMessageContaining("no chat template");
    }

    @Test
    void aModelThinksWhoseTemplateKnowsTheEndOfAThought() {
        String source = "{{ messages[0].content.split('</think>')[-1] }}";
        assertThat(new ChatTemplate(Map.of("default", source), Map.of(), Clock.systemUTC()).thinks())
                .isTrue();
        assertThat(new ChatTemplate(Map.of("default", "a"), Map.of(), Clock.systemUTC()).thinks())
                .isFalse();
    }

    @Test
    void aThoughtLeftOpenIsSeen() {
        assertThat(ChatTemplate.opensThought("...<think>\n")).isTrue();
        assertThat(ChatTemplate.opensThought("...<think>\n\n</think>\n\n")).isFalse();
    }

    private static String render(String source, String messages) {
        return new ChatTemplate(Map.of("default", source), Map.of(), Clock.systemUTC())
                .render(json(messages), null, Map.of());
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
