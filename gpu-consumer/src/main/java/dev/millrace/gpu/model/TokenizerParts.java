package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Refuses the parts of a {@code tokenizer.json} that Hugging Face's library would not survive: where it panics, the whole
 * process ends, at load or with the first text.
 */
final class TokenizerParts {

    private final Path file;

    private TokenizerParts(Path file) {
        this.file = file;
    }

    /** Looks through parts of the file, each of which may hold others in a sequence; those that are not there are fine. */
    static void check(Path file, @Nullable JsonNode... parts) {
        TokenizerParts check = new TokenizerParts(file);
        for (JsonNode part : parts) {
            if (part != null) {
                check.part(part);
            }
        }
    }

    /** What a model of merged pairs has in front of a piece that goes on a word is cut off again, however short the piece. */
    static void checkPrefix(Path file, @Nullable String prefix) {
        if (prefix != null && !prefix.isEmpty()) {
            throw new ModelFileException(file + ": a continuing_subword_prefix is not supported");
        }
    }

    private void part(JsonNode part) {
        if (part.has("precompiled_charsmap")) {
            throw refused("a normalizer of type Precompiled is not supported");
        }
        if (part.path("type").asText().equals("FixedLength")
                && part.path("length").asInt(1) < 1) {
            throw refused("FixedLength has a length of " + part.get("length"));
        }
        if (part.has("pattern") && part.has("content") && findsNothing(part.get("pattern"))) {
            throw refused("Replace has the pattern " + part.get("pattern") + ", which finds nothing at all");
        }
        if (part.has("single") && part.has("special_tokens")) {
            part.get("single").forEach(piece -> piece(piece, part.get("special_tokens")));
        }
        part.forEach(this::part);
    }

    /** Whether a pattern is content with no letter at all, or cannot be told not to be. */
    private static boolean findsNothing(JsonNode pattern) {
        if (!pattern.has("Regex")) {
            return pattern.path("String").asText().isEmpty();
        }
        try {
            return Pattern.compile(pattern.get("Regex").asText()).matcher("").find();
        } catch (PatternSyntaxException e) {
            return true;
        }
    }

    private void piece(JsonNode piece, JsonNode specialTokens) {
        JsonNode token = piece.at("/SpecialToken/id");
        if (token.isTextual() && !specialTokens.has(token.asText())) {
            throw refused("TemplateProcessing names " + token + ", which is not among its special_tokens");
        }
        if (piece.at("/Sequence/id").asText().equals("B")) {
            throw refused("TemplateProcessing asks for a second text where there is one");
        }
    }

    private ModelFileException refused(String what) {
        return new ModelFileException(file + ": " + what);
    }
}
