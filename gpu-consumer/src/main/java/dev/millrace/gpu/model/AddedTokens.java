package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tokens that {@code tokenizer_config.json} knows and {@code tokenizer.json} does not, or not so: the reference adds them
 * when it loads both.
 */
final class AddedTokens {

    private static final String FIELD = "added_tokens_decoder";

    private AddedTokens() {}

    /** What the configuration lists, by id. */
    static List<AddedToken> listed(JsonNode config, Path path) {
        Map<Integer, AddedToken> listed = new TreeMap<>();
        config.path(FIELD).fields().forEachRemaining(entry -> {
            if (!entry.getKey().matches("\\d{1,9}")
                    || !entry.getValue().path("content").isTextual()) {
                throw new ModelFileException(noToken(path, entry.getKey()));
            }
            int id = Integer.parseInt(entry.getKey());
            try {
                AddedToken token = ModelJson.MAPPER.convertValue(entry.getValue(), AddedToken.class);
                listed.put(id, token.at(id));
            } catch (IllegalArgumentException e) {
                throw new ModelFileException(noToken(path, entry.getKey()), e);
            }
        });
        return List.copyOf(listed.values());
    }

    private static String noToken(Path path, String id) {
        return path + ": " + FIELD + " holds '" + id + "', which is no token";
    }

    /**
     * Those of the listed that the tokenizer lacks.
     *
     * @throws ModelFileException where one would get another id than it is listed with
     */
    static List<AddedToken> missing(
            List<AddedToken> listed, List<AddedToken> known, Map<String, Integer> vocabulary, Path path) {
        Map<String, Integer> ids = new HashMap<>();
        known.forEach(token -> ids.put(token.content(), token.id()));
        int next = Math.max(
                vocabulary.size(),
                1 + known.stream().mapToInt(AddedToken::id).max().orElse(-1));
        List<AddedToken> missing = new ArrayList<>();
        for (AddedToken token : listed) {
            Integer own = ids.getOrDefault(token.content(), vocabulary.get(token.content()));
            int id = own == null ? next++ : own;
            if (own == null && token.id() != id) {
                throw new ModelFileException("%s: %s lists %s as %d, and it would be %d"
                        .formatted(path, FIELD, token.content(), token.id(), id));
            }
            if (!known.contains(token.at(id))) {
                missing.add(token.at(id));
            }
        }
        return missing;
    }

    /** The tokenizer's file with these in it. */
    static String into(Path path, List<AddedToken> missing) {
        try {
            if (missing.isEmpty()) {
                return Files.readString(path);
            }
            ObjectNode root = (ObjectNode) ModelJson.read(path, JsonNode.class);
            ArrayNode all = root.path("added_tokens").isArray()
                    ? (ArrayNode) root.get("added_tokens")
                    : root.putArray("added_tokens");
            Map<Integer, JsonNode> byId = new TreeMap<>();
            all.forEach(token -> byId.put(token.path("id").intValue(), token));
            missing.forEach(token -> byId.put(token.id(), ModelJson.MAPPER.valueToTree(token)));
            all.removeAll();
            byId.values().forEach(all::add);
            return ModelJson.MAPPER.writeValueAsString(root);
        } catch (IOException e) {
            throw new ModelFileException(path + ": " + e.getMessage(), e);
        }
    }
}
