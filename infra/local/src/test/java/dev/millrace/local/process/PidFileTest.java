package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

    private final Path directory;
    private Process sleeper;

    PidFileTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.sleeper = sleep();
    }

    @BeforeEach
    void writeFile() throws IOException {
        new PidFile(directory, "sleeper").write(sleeper.toHandle(), Path.of("/bin/sleep"));
    }

    @AfterEach
    void end() {
        sleeper.destroyForcibly();
    }

    @Test
    void whatAnEarlierRunLeftIsEnded() throws IOException {
        assertThat(PidFile.endStale(directory)).singleElement().asString().contains("sleeper");
        assertThat(sleeper.isAlive()).isFalse();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void itIsWholeWheneverItIsRead() throws Exception {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 1000; i++) {
                try {
                    writeFile();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        while (!writing.isDone()) {
            assertThat(Files.readAllLines(file())).hasSize(3);
        }
        writing.join();
    }

    @Test
    void anotherProcessWithTheSameIdIsLeftAlone() throws IOException {
        List<String> lines = Files.readAllLines(file());
        long started = Long.parseLong(lines.get(1)) - 60_000;
        Files.write(file(), List.of(lines.get(0), Long.toString(started), lines.get(2)));

        assertThat(PidFile.endStale(directory)).isEmpty();
        assertThat(sleeper.isAlive()).isTrue();
        assertThat(file()).doesNotExist();
    }

    @Test
    void anotherProgramWithTheSameIdIsLeftAlone() throws IOException {
        List<String> lines = Files.readAllLines(file());
        Files.write(file(), List.of(lines.get(0), lines.get(1), "postgres"));

        assertThat(PidFile.endStale(directory)).isEmpty();
        assertThat(sleeper.isAlive()).isTrue();
    }

    @Test
    void aDamagedFileIsForgotten() throws IOException {
        Files.writeString(file(), "x\ny\nz\n");
        Files.writeString(directory.resolve("empty.pid"), "");

        assertThat(PidFile.endStale(directory)).isEmpty();
        assertThat(sleeper.isAlive()).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    private Path file() {
        return directory.resolve("sleeper.pid");
    }

    private static Process sleep() throws IOException {
        return new ProcessBuilder("/bin/sleep", "600").start();
    }
}
