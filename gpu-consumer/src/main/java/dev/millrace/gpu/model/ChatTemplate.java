package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.parse.OutputFormat;
import dev.millrace.gpu.model.template.Template;
import dev.millrace.gpu.model.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model wants a conversation written. Safe from any thread. Where a model publishes a template of its own for
 * conversations with tools, that one is used for them.
 */
public final class ChatTemplate {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String PROBE = "{\"probe\": \"value\"}";

    private final Map<String, Template> templates = new LinkedHashMap<>();
    private final Map<String, JsonNode> specialTokens = new HashMap<>();
    private final OutputFormat format;
    private final boolean thinks;
    private final boolean argumentsAsText;
    private final Clock clock;

    /**
     * @param sources template sources by name, {@code default} the usual one
     * @param specialTokens by role, {@code bos_token} and so on
     */
    public ChatTemplate(Map<String, String> sources, Map<String, String> specialTokens, Clock clock) {
        this.clock = clock;
        sources.forEach((name, source) -> templates.put(name, compile(name, source)));
        specialTokens.forEach((role, token) -> this.specialTokens.put(role, JSON.textNode(token)));
        format = OutputFormat.of(String.join("\n", sources.values()));
        thinks = sources.values().stream().anyMatch(source -> source.contains("<think>"));
        argumentsAsText = takesArgumentsAsText();
    }

    /** Reads the template of a model directory: {@code chat_template.jinja}, else what the tokenizer's configuration has. */
    public static ChatTemplate read(Path directory, Clock clock) {
        TokenizerConfig config = TokenizerConfig.read(directory);
        Map<String, String> sources = new LinkedHashMap<>(config.chatTemplates());
        Path file = directory.resolve("chat_template.jinja");
        if (Files.isRegularFile(file)) {
            try {
                sources.put("default", Files.readString(file));
            } catch (IOException e) {
                throw new ModelFileException(file + ": " + e.getMessage(), e);
            }
        }
        return new ChatTemplate(sources, config.specialTokens(), clock);
    }

    /** How the model writes its tool calls. */
    public OutputFormat format() {
        return format;
    }

    /** Whether the model knows thoughts. */
    public boolean thinks() {
        return thinks;
    }

    /** Whether the model has a template at all. */
    public boolean isPresent() {
        return !templates.isEmpty();
    }

    /** Whether a rendered prompt leaves the model inside a thought. */
    public static boolean opensThought(String rendered) {
        return rendered.stripTrailing().endsWith("<think>");
    }

    /**
     * The conversation as the model reads it, special tokens spelled out.
     *
     * @param messages as clients send them
     * @param tools as clients send them, or null
     * @param arguments what else the template knows; {@code add_generation_prompt} is true where they don't say
     */
    public String render(JsonNode messages, @Nullable JsonNode tools, Map<String, JsonNode> arguments) {
        boolean withTools = tools != null && !tools.isEmpty();
        try {
            return template(withTools)
                    .render(
                            variables(Messages.plain(messages, argumentsAsText), withTools ? tools : null, arguments),
                            clock);
        } catch (TemplateException e) {
            String where = e.isRaised() || e.line() == 0 ? "" : " (line " + e.line() + " of the chat template)";
            throw new PromptException(e.getMessage() + where, e);
        }
    }

    private Template template(boolean withTools) {
        Template found = withTools ? templates.get("tool_use") : null;
        if (found == null) {
            found = templates.get("default");
        }
        if (found == null) {
            found = templates.values().stream()
                    .findFirst()
                    .orElseThrow(() -> new PromptException("the model has no chat template"));
        }
        return found;
    }

    private Map<String, JsonNode> variables(
            JsonNode messages, @Nullable JsonNode tools, Map<String, JsonNode> arguments) {
        Map<String, JsonNode> variables = new HashMap<>(specialTokens);
        variables.put("add_generation_prompt", JSON.booleanNode(true));
        variables.put("documents", JSON.nullNode());
        variables.putAll(arguments);
        variables.put("messages", messages);
        variables.put("tools", tools == null ? JSON.nullNode() : tools);
        return variables;
    }

    private static Template compile(String name, String source) {
        try {
            return Template.compile(source);
        } catch (TemplateException e) {
            throw new ModelFileException("chat template '" + name + "', line " + e.line() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Clients send a call's arguments as text. Some templates write text as it is, others would quote it once more and
     * need the object; which, only trying tells.
     */
    private boolean takesArgumentsAsText() {
        if (templates.isEmpty()) {
            return true;
        }
        ArrayNode messages = JSON.arrayNode();
        messages.addObject().put("role", "user").put("content", "probe");
        ObjectNode answer = messages.addObject().put("role", "assistant").putNull("content");
        ObjectNode call =
                answer.putArray("tool_calls").addObject().put("id", "probe").put("type", "function");
        call.putObject("function").put("name", "probe").put("arguments", PROBE);
        try {
            return template(true)
                    .render(variables(messages, null, Map.of()), clock)
                    .contains(PROBE);
        } catch (TemplateException e) {
            // It takes no such conversation, or no such arguments: an object is what templates are written for.
            return false;
        }
    }
}
