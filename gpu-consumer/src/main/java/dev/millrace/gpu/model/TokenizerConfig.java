package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tokenizer_config.json} says beside the tokenizer.
 *
 * @param specialTokens by role: {@code bos_token}, {@code eos_token} and so on, those that the model has
 * @param addBos whether a bare prompt starts with the beginning-of-sequence token, or null where that is not said
 * @param chatTemplates by name; {@code default} is the usual one, empty where the file has none
 * @param addedTokens tokens that the tokenizer is to have beside its vocabulary
 */
public record TokenizerConfig(
        Map<String, String> specialTokens,
        @Nullable Boolean addBos,
        Map<String, String> chatTemplates,
        List<AddedToken> addedTokens) {

    public TokenizerConfig {
        specialTokens = Map.copyOf(specialTokens);
        chatTemplates = Map.copyOf(chatTemplates);
        addedTokens = List.copyOf(addedTokens);
    }

    /** Reads the file of a model directory; a directory without one has no special tokens and no template. */
    public static TokenizerConfig read(Path directory) {
        Path path = directory.resolve("tokenizer_config.json");
        if (!Files.exists(path)) {
            return new TokenizerConfig(Map.of(), null, Map.of(), List.of());
        }
        JsonNode root = ModelJson.read(path, JsonNode.class);
        if (!root.isObject()) {
            throw new ModelFileException(path + ": not a JSON object");
        }
        Map<String, String> special = specialTokens(root);
        Path older = directory.resolve("special_tokens_map.json");
        if (!root.has("added_tokens_decoder") && Files.isRegularFile(older)) {
            // Before tokens were listed here they were told there.
            specialTokens(ModelJson.read(older, JsonNode.class)).forEach(special::putIfAbsent);
        }
        JsonNode addBos = root.path("add_bos_token");
        return new TokenizerConfig(
                special,
                addBos.isBoolean() ? addBos.booleanValue() : null,
                templates(root.path("chat_template"), path),
                AddedTokens.listed(root, path));
    }

    private static Map<String, String> specialTokens(JsonNode root) {
        Map<String, String> special = new LinkedHashMap<>();
        root.fields().forEachRemaining(field -> {
            JsonNode value = field.getValue().isObject() ? field.getValue().path("content") : field.getValue();
            if (field.getKey().endsWith("_token") && value.isTextual()) {
                special.put(field.getKey(), value.textValue());
            }
        });
        return special;
    }

    private static Map<String, String> templates(JsonNode node, Path path) {
        Map<String, String> templates = new LinkedHashMap<>();
        if (node.isTextual()) {
            templates.put("default", node.textValue());
        }
        if (node.isNumber() || node.isBoolean() || node.isObject()) {
            throw new ModelFileException(path + ": chat_template is no template");
        }
        if (node.isArray()) {
            node.forEach(entry -> templates.put(
                    entry.path("name").asText(), entry.path("template").asText()));
        }
        return templates;
    }

    /** The highest id of a token that the file adds; -1 where it adds none. */
    public int highestAdded() {
        return addedTokens.stream().mapToInt(AddedToken::id).max().orElse(-1);
    }

    public @Nullable String bosToken() {
        return specialTokens.get("bos_token");
    }
}
