package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    @Test
    void aDirectoryBelongsToOneUntilItIsGivenBack(@TempDir Path directory) throws IOException {
        DirectoryLock first = DirectoryLock.take(directory);
        assertThatThrownBy(() -> DirectoryLock.take(directory)).hasMessageContaining(directory.toString());
        first.close();
        DirectoryLock.take(directory).close();
    }
}
