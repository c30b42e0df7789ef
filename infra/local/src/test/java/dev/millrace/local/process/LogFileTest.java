package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    private final Path directory;

    LogFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void itNeverHoldsMoreThanTwoFilesWorth() throws IOException {
        Path file = directory.resolve("part.log");
        try (LogFile log = new LogFile(file, 100)) {
            for (int i = 0; i < 100; i++) {
                log.write("line %04d".formatted(i));
            }
        }
        Path before = directory.resolve("part.log.1");
        assertThat(Files.size(file)).isLessThanOrEqualTo(100);
        assertThat(Files.size(before)).isLessThanOrEqualTo(100);
        assertThat(Files.readAllLines(file)).last().isEqualTo("line 0099");
        assertThat(directory.toFile().list()).hasSize(2);
    }

    @Test
    void itGoesOnWhereTheLastRunEnded() throws IOException {
        Path file = directory.resolve("part.log");
        for (String line : new String[] {"one", "two"}) {
            try (LogFile log = new LogFile(file, 100)) {
                log.write(line);
            }
        }
        assertThat(Files.readAllLines(file)).containsExactly("one", "two");
    }
}
