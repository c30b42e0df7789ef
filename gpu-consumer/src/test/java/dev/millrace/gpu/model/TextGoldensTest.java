package dev.millrace.gpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.gpu.generate.djl.DjlTokenizer;
import dev.millrace.gpu.model.template.Template;
import dev.millrace.gpu.model.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What the reference makes of conversations. {@code goldens.dir} names another folder of cases, {@code templates.json}
 * one or more files (commas between) of {@code {template, bos_token, eos_token, messages, tools, arguments,
 * rendered|error}}, with the templates in a folder {@code templates} beside each.
 */
class TextGoldensTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @TestFactory
    List<DynamicTest> rendersAndEncodesAsTheReferenceDoes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path directory : Goldens.texts()) {
            TokenizerConfig config = TokenizerConfig.read(directory);
            String source = source(directory, config);
            for (JsonNode golden :
                    Goldens.list(Goldens.read(directory.resolve("golden.json")).get("chats"))) {
                String name =
                        directory.getFileName() + ": " + golden.path("name").asText();
                tests.add(DynamicTest.dynamicTest(name, () -> {
                    check(source, golden, config.specialTokens());
                    if (golden.has("ids")) {
                        try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
                            assertThat(tokenizer.encode(golden.get("rendered").asText(), false))
                                    .isEqualTo(Goldens.ids(golden.get("ids")));
                        }
                    }
                }));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests;
    }

    /** {@code -Dtemplates.json=FILES}; without it there are none. */
    @TestFactory
    List<DynamicTest> rendersMoreTemplatesAsTheReferenceDoes() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String file : System.getProperty("templates.json", "").split(",")) {
            if (file.isBlank()) {
                continue;
            }
            Path path = Goldens.given(file);
            List<JsonNode> cases = Goldens.list(Goldens.read(path));
            assertThat(cases).describedAs(file).isNotEmpty();
            for (int i = 0; i < cases.size(); i++) {
                JsonNode golden = cases.get(i);
                String template = golden.get("template").asText();
                String source = Files.readString(find(path.resolveSibling("templates"), template));
                Map<String, String> special = new HashMap<>();
                for (String role : List.of("bos_token", "eos_token")) {
                    if (golden.path(role).isTextual()) {
                        special.put(role, golden.get(role).textValue());
                    }
                }
                tests.add(DynamicTest.dynamicTest(template + " #" + i, () -> check(source, golden, special)));
            }
        }
        return tests;
    }

    @Test
    void demoModelsReadConversationsAsTheReferenceDoes() {
        for (String model : List.of("qwen3-demo", "deepseek-demo")) {
            Path directory = Path.of("src/main/models", model);
            List<JsonNode> cases = Goldens.list(Goldens.read(Path.of("src/test/resources/demo", model + ".json")));
            assertThat(cases).isNotEmpty();
            try (Tokenizer tokenizer = DjlTokenizer.load(directory)) {
                Prompts prompts = new Prompts(tokenizer, ChatTemplate.read(directory, CLOCK));
                for (JsonNode golden : cases) {
                    Prompt prompt = prompts.read(golden.toString(), true);
                    assertThat(prompt.ids()).isEqualTo(Goldens.ids(golden.get("prompt")));
                    assertThat(prompt.tools() != null)
                            .isEqualTo(golden.path("tools").size() > 0);
                }
            }
        }
    }

    private static void check(String source, JsonNode golden, Map<String, String> special) {
        Map<String, JsonNode> variables = new HashMap<>();
        special.forEach((role, token) -> variables.put(role, JSON.textNode(token)));
        variables.put("messages", golden.get("messages"));
        variables.put("tools", golden.path("tools").isMissingNode() ? JSON.nullNode() : golden.get("tools"));
        golden.path("arguments").fields().forEachRemaining(field -> variables.put(field.getKey(), field.getValue()));
        if (golden.path("error").isTextual()) {
            TemplateException error = catchThrowableOfType(
                    TemplateException.class, () -> Template.compile(source).render(variables, CLOCK));
            assertThat(error).describedAs("an error: %s", golden.get("error")).isNotNull();
            if (error.isRaised()) {
                assertThat(golden.get("error").asText()).contains(error.getMessage());
            }
        } else {
            assertThat(Template.compile(source).render(variables, CLOCK))
                    .isEqualTo(golden.get("rendered").asText());
        }
    }

    private static String source(Path directory, TokenizerConfig config) {
        Path file = directory.resolve("chat_template.jinja");
        try {
            return Files.exists(file)
                    ? Files.readString(file)
                    : config.chatTemplates().getOrDefault("default", "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path find(Path folder, String name) {
        return List.of(name, name + ".jinja", name + ".jinja2", name + ".txt").stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no template " + name + " in " + folder));
    }
}
