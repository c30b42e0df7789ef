package dev.millrace.local.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

    private static final String WRITE = "-XX:ArchiveClassesAtExit=";
    private static final String USE = "-XX:SharedArchiveFile=";

    private final Path directory;
    private final Path jar;

    ClassArchiveTest(@TempDir Path directory) throws IOException {
        this.directory = directory.resolve("archives");
        this.jar = directory.resolve("program.jar");
        Files.writeString(jar, "one");
    }

    @Test
    void theFirstRunWritesItAndTheNextUsesIt() throws IOException {
        ClassArchive first = archive();
        Files.writeString(path(first, WRITE), "classes");
        first.keep();

        assertThat(path(archive(), USE)).hasContent("classes");
    }

    @Test
    void aRunThatWasKilledLeavesNothing() throws IOException {
        ClassArchive first = archive();
        Files.writeString(path(first, WRITE), "half");
        first.discard();

        assertThat(archive().isToBeWritten()).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aChangedJarMakesAnotherAndTheOldOneGoes() throws IOException {
        ClassArchive first = archive();
        Files.writeString(path(first, WRITE), "old");
        first.keep();
        Files.writeString(jar, "changed");

        ClassArchive second = archive();
        Files.writeString(path(second, WRITE), "new");
        second.keep();

        assertThat(directory.toFile().list()).hasSize(1);
        assertThat(path(archive(), USE)).hasContent("new");
    }

    private ClassArchive archive() throws IOException {
        return ClassArchive.of(
                directory, "dev.millrace.some.Application", new Classpath(List.of(jar)), List.of("-Xint"), "some-1");
    }

    private static Path path(ClassArchive archive, String flag) {
        String value = archive.flags().stream()
                .filter(given -> given.startsWith(flag))
                .findFirst()
                .orElseThrow();
        return Path.of(value.substring(flag.length()));
    }
}
