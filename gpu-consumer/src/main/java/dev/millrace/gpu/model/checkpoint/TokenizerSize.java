package dev.millrace.gpu.model.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.gpu.model.ModelFileException;
import dev.millrace.gpu.model.TokenizerConfig;
import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Counts the ids that a tokenizer gives out, without keeping the megabytes of tokenizer.json. */
final class TokenizerSize {

    private static final String FILE = "tokenizer.json";

    private TokenizerSize() {}

    static int read(Path directory, int embeddings) {
        long highest;
        try (JsonParser json = JsonFile.stream(directory.resolve(FILE))) {
            highest = highestId(json);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(Fault.BAD_TOKENIZER, FILE + " is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new CheckpointException(Fault.UNREADABLE_FILE, FILE + " cannot be read: " + e);
        }
        if (highest < 0) {
            throw new CheckpointException(Fault.BAD_TOKENIZER, FILE + " has no vocabulary");
        }
        highest = Math.max(highest, inConfig(directory));
        if (highest >= embeddings) {
            throw new CheckpointException(
                    Fault.TOKENIZER_TOO_LARGE,
                    "the tokenizer has the id %d, the embedding has %d rows".formatted(highest, embeddings));
        }
        return Math.toIntExact(highest + 1);
    }

    private static long highestId(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException(Fault.BAD_TOKENIZER, FILE + " is not a JSON object");
        }
        long highest = -1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (field.equals("model")) {
                expect(value, JsonToken.START_OBJECT, "model is no object");
                highest = Math.max(highest, inModel(json));
            } else if (field.equals("added_tokens") && value != JsonToken.VALUE_NULL) {
                expect(value, JsonToken.START_ARRAY, "added_tokens is no list");
                highest = Math.max(highest, inAddedTokens(json));
            } else {
                json.skipChildren();
            }
        }
        return highest;
    }

    /** Tokens that tokenizer_config.json adds. */
    private static long inConfig(Path directory) {
        try {
            return TokenizerConfig.read(directory).highestAdded();
        } catch (ModelFileException e) {
            throw new CheckpointException(Fault.BAD_TOKENIZER, String.valueOf(e.getMessage()));
        }
    }

    private static long inModel(JsonParser json) throws IOException {
        long highest = -1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean vocabulary = json.currentName().equals("vocab");
            JsonToken value = json.nextToken();
            if (!vocabulary) {
                json.skipChildren();
                continue;
            }
            expect(value, JsonToken.START_OBJECT, "model.vocab is no object of tokens and their ids");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                json.nextToken();
                highest = Math.max(highest, id(json));
            }
        }
        return highest;
    }

    private static long inAddedTokens(JsonParser json) throws IOException {
        long highest = -1;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.START_OBJECT, "added_tokens holds what is no token");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean id = json.currentName().equals("id");
                json.nextToken();
                if (id) {
                    highest = Math.max(highest, id(json));
                } else {
                    json.skipChildren();
                }
            }
        }
        return highest;
    }

    private static void expect(@Nullable JsonToken value, JsonToken kind, String otherwise) {
        if (value != kind) {
            throw new CheckpointException(Fault.BAD_TOKENIZER, FILE + ": " + otherwise);
        }
    }

    private static long id(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
            throw new CheckpointException(Fault.BAD_TOKENIZER, FILE + " has an id that is no whole number from 0");
        }
        return json.getLongValue();
    }
}
