package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    @Test
    void whatIsNoDirectoryIsNamed(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> DirectoryLock.take(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "The data directory " + file + " cannot be made or written to: " + file + " is no directory");
    }

    @Test
    void aDirectoryBelongsToOneUntilItIsGivenBack(@TempDir Path directory) throws IOException {
        DirectoryLock first = DirectoryLock.take(directory);
        assertThatThrownBy(() -> DirectoryLock.take(directory)).hasMessageContaining(directory.toString());
        first.close();
        DirectoryLock.take(directory).close();
    }
}
