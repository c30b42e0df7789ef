package dev.millrace.router;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Where the router keeps its copy of the state, and its name. The name stays with the directory, so that a router that
 * comes back there gets its work back at once instead of waiting for its former self to be given up.
 */
@Singleton
public final class DataDirectory {

    private static final String NAME_FILE = "router-name";

    private final Path root;

    DataDirectory(DataConfig config) {
        this.root = config.dataDir().isBlank()
                ? Path.of(System.getProperty("java.io.tmpdir"), "millrace-router")
                : Path.of(config.dataDir());
    }

    Path state() {
        return root.resolve("streams");
    }

    /** The router's name, drawn when the directory was new. */
    public String routerName() {
        Path file = root.resolve(NAME_FILE);
        try {
            Files.createDirectories(root);
            if (Files.notExists(file) || Files.readString(file).isBlank()) {
                Path draft = Files.createTempFile(root, NAME_FILE, ".new");
                Files.writeString(draft, "router-" + UUID.randomUUID());
                Files.move(draft, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("millrace.data-dir " + root + " can't be used", e);
        }
    }
}
