package dev.millrace.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the reference's cases lie: the module's own, or a folder of the same layout named by {@code goldens.dir}. */
public final class Goldens {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Goldens() {}

    public static Path folder() {
        return given(System.getProperty("goldens.dir", "src/test/resources/goldens"));
    }

    /** A path as seen from the module or, for those who call Maven above it, from the repository. */
    public static Path given(String name) {
        Path path = Path.of(name.strip());
        return Files.exists(path) ? path : Path.of("..").resolve(path);
    }

    /** The directories under {@code texts}. */
    public static List<Path> texts() {
        Path texts = folder().resolve("texts");
        if (!Files.isDirectory(texts)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(texts)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode read(Path file) {
        try {
            return MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<JsonNode> list(JsonNode array) {
        List<JsonNode> nodes = new ArrayList<>();
        array.forEach(nodes::add);
        return nodes;
    }

    public static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).intValue();
        }
        return ids;
    }
}
