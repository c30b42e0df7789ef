package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {

    @Test
    void aFullDiskIsNamedByItsDirectory(@TempDir Path directory) {
        assertThatThrownBy(() -> Room.require(directory, 1L << 60))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data directory " + directory)
                .hasMessageContaining((1L << 40) + " are needed");
        assertThatCode(() -> Room.require(directory, 1)).doesNotThrowAnyException();
    }
}
