package dev.millrace.gpu.model.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON read strictly: one object, no duplicate keys, nothing behind it. */
final class JsonFile {

    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final ObjectMapper MAPPER =
            new ObjectMapper(STRICT).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonFile() {}

    static JsonNode read(Path file) {
        require(file);
        try {
            return object(file.getFileName().toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new CheckpointException(Fault.UNREADABLE_FILE, file.getFileName() + " cannot be read: " + e);
        }
    }

    static JsonNode object(String name, byte[] json) {
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(Fault.BAD_JSON, name + " is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new CheckpointException(Fault.BAD_JSON, name + " is not JSON: " + e.getMessage());
        }
        if (!node.isObject()) {
            throw new CheckpointException(Fault.BAD_JSON, name + " is not a JSON object");
        }
        return node;
    }

    /** A reader for files too large to hold as a tree. */
    static JsonParser stream(Path file) throws IOException {
        require(file);
        return MAPPER.getFactory().createParser(file.toFile());
    }

    static void require(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    Fault.MISSING_FILE, file.getFileName() + " is missing in " + file.getParent());
        }
    }
}
