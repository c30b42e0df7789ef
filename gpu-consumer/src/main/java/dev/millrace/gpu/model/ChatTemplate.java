package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.parse.OutputFormat;
import dev.millrace.gpu.model.template.Template;
import dev.millrace.gpu.model.template.TemplateException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a model wants a conversation written. Safe from any thread. Where a model publishes a template of its own for
 * conversations with tools, that one is used for them.
 */
public final class ChatTemplate {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String PROBE = "{\"probe\": \"value\"}";
    private static final String SUFFIX = ".jinja";

    private final Map<String, Template> templates = new LinkedHashMap<>();
    private final Map<String, JsonNode> specialTokens = new HashMap<>();
    private final OutputFormat format;
    private final boolean thinks;
    private final Messages messages;
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
        thinks = sources.values().stream().anyMatch(source -> source.contains("think>"));
        boolean nothingAsNull = takesNull();
        messages = new Messages(takesArgumentsAsText(nothingAsNull), nothingAsNull);
    }

    /**
     * Reads the templates of a model directory: what the tokenizer's configuration has, {@code chat_template.jinja} in place
     * of its usual one, and those that lie beside it by name.
     */
    public static ChatTemplate read(Path directory, Clock clock) {
        TokenizerConfig config = TokenizerConfig.read(directory);
        Map<String, String> sources = new LinkedHashMap<>(config.chatTemplates());
        Path file = directory.resolve("chat_template.jinja");
        if (Files.isRegularFile(file)) {
            sources.put("default", read(file));
        }
        Path named = directory.resolve("additional_chat_templates");
        if (Files.isDirectory(named)) {
            try (Stream<Path> files = Files.list(named)) {
                files.filter(each -> each.toString().endsWith(SUFFIX))
                        .sorted()
                        .forEach(each -> sources.put(name(each), read(each)));
            } catch (IOException e) {
                throw new ModelFileException(named + ": " + e.getMessage(), e);
            }
        }
        return new ChatTemplate(sources, config.specialTokens(), clock);
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ModelFileException(file + ": is not UTF-8", e);
        } catch (IOException e) {
            throw new ModelFileException(file + ": " + e.getMessage(), e);
        }
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
                    .render(variables(this.messages.plain(messages), withTools ? tools : null, arguments), clock);
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
    private boolean takesArgumentsAsText(boolean nothingAsNull) {
        JsonNode content = nothingAsNull ? JSON.nullNode() : JSON.textNode("");
        String answered = tried(content, true);
        String rendered = answered == null ? tried(content, false) : answered;
        return templates.isEmpty() || rendered != null && rendered.contains(PROBE);
    }

    /**
     * Clients send null for the content of a message that only calls. Some templates ask for just that, others would write
     * "None" or look for a tag in it and fail, and need an empty text.
     */
    private boolean takesNull() {
        for (boolean answered : new boolean[] {true, false}) {
            String withNull = tried(JSON.nullNode(), answered);
            if (withNull != null || tried(JSON.textNode(""), answered) != null) {
                return withNull != null && !withNull.contains("None");
            }
        }
        return true;
    }

    /**
     * A conversation with a call, or null where the template takes no such one.
     *
     * @param answered whether the call's result follows it; some templates look at the last message in another way
     */
    private @Nullable String tried(JsonNode content, boolean answered) {
        ArrayNode probe = JSON.arrayNode();
        probe.addObject().put("role", "user").put("content", "probe");
        ObjectNode answer = probe.addObject().put("role", "assistant").set("content", content);
        ObjectNode call =
                answer.putArray("tool_calls").addObject().put("id", "probe").put("type", "function");
        call.putObject("function").put("name", "probe").put("arguments", PROBE);
        if (answered) {
            probe.addObject().put("role", "tool").put("tool_call_id", "probe").put("content", "probe");
        }
        try {
            return template(true).render(variables(probe, null, Map.of()), clock);
        } catch (TemplateException | PromptException e) {
            return null;
        }
    }
}
