package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    private final Path directory;

    SecretsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void theKeyIsDrawnOnceAndKept() throws IOException {
        String key = new Secrets(directory, new SecureRandom()).developmentKey();

        assertThat(key).matches("sk-[A-Za-z0-9]{32}");
        assertThat(new Secrets(directory, new SecureRandom()).developmentKey()).isEqualTo(key);
    }

    @Test
    void eachSecretIsAnother() throws IOException {
        Secrets secrets = new Secrets(directory, new SecureRandom());

        assertThat(List.of(secrets.developmentKey(), secrets.requestIdSecret(), secrets.postgresPassword()))
                .doesNotHaveDuplicates()
                .allMatch(secret -> secret.length() >= 32);
    }

    @Test
    void nobodyElseMayReadThem() throws IOException {
        Secrets secrets = new Secrets(directory, new SecureRandom());
        secrets.developmentKey();
        secrets.postgresPassword();

        try (Stream<Path> files = Files.list(directory)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(2);
            for (Path file : all) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void anEmptyOneIsNoSecret() throws IOException {
        Files.writeString(directory.resolve("development-key"), "\n");

        assertThatThrownBy(() -> new Secrets(directory, new SecureRandom()).developmentKey())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("development-key is empty");
    }
}
