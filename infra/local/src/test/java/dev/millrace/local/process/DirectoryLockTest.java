package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    private static final String OPEN = "rwxr-x---";

    @Test
    void whatIsNoDirectoryIsNamed(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> DirectoryLock.take(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "The data directory " + file + " cannot be made or written to: " + file + " is no directory");
    }

    @Test
    void whatItMakesIsClosedToOthersAndWhatItFindsStays(@TempDir Path directory) throws IOException {
        Path open = Files.createDirectory(
                directory.resolve("open"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OPEN)));

        DirectoryLock.take(open).close();
        DirectoryLock.take(directory.resolve("made")).close();

        assertThat(permissions(open)).isEqualTo(OPEN);
        assertThat(permissions(directory.resolve("made"))).isEqualTo("rwx------");
    }

    private static String permissions(Path directory) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }

    @Test
    void aDirectoryBelongsToOneUntilItIsGivenBack(@TempDir Path directory) throws IOException {
        DirectoryLock first = DirectoryLock.take(directory);
        assertThatThrownBy(() -> DirectoryLock.take(directory)).hasMessageContaining(directory.toString());
        first.close();
        DirectoryLock.take(directory).close();
    }
}
