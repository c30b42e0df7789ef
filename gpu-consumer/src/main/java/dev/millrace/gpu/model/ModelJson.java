package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files of a model directory, with errors that name the file. */
final class ModelJson {

    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ModelJson() {}

    static <T> T read(Path path, Class<T> type) {
        if (!Files.isRegularFile(path)) {
            throw new ModelFileException(path + ": no such file");
        }
        try {
            return MAPPER.readValue(path.toFile(), type);
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
            throw new ModelFileException(path + ": " + reason, e);
        }
    }
}
