package dev.millrace.local.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltJarsTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private final Path directory;
    private final Path jar;

    BuiltJarsTest(@TempDir Path directory) throws IOException {
        this.directory = directory.resolve("jars");
        this.jar = directory.resolve("module/target/module-1.0.jar");
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "one");
    }

    private Path copied(Instant now) throws IOException {
        return new BuiltJars(directory, Clock.fixed(now, ZoneOffset.UTC))
                .copied(new Classpath(List.of(jar)))
                .entries()
                .get(0);
    }

    @Test
    void aBuildDoesNotReachWhatAStackRunsFrom() throws IOException {
        Path first = copied(NOW);
        Files.writeString(jar, "two");
        Path second = copied(NOW);

        assertThat(first).hasContent("one").hasFileName("module-1.0.jar");
        assertThat(second).hasContent("two").hasFileName("module-1.0.jar");
    }

    @Test
    void theSameJarBuiltAgainIsTheSameCopy() throws IOException {
        Files.setLastModifiedTime(jar, FileTime.from(NOW));
        Path first = copied(NOW);
        Files.setLastModifiedTime(jar, FileTime.from(NOW.plusSeconds(60)));

        assertThat(copied(NOW)).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first)).isEqualTo(FileTime.from(NOW));
        assertThat(first.getParent()).isDirectoryContaining("glob:**.jar").isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whatNoBuildWritesStaysWhereItIs() throws IOException {
        Path library =
                Files.writeString(jar.resolveSibling("../library-1.0.jar").normalize(), "library");
        Path classes = Files.createDirectories(jar.resolveSibling("classes"));
        Classpath classpath = new Classpath(List.of(library, classes, jar.resolveSibling("gone.jar")));

        assertThat(new BuiltJars(directory, Clock.systemUTC()).copied(classpath))
                .isEqualTo(classpath);
        assertThat(directory).doesNotExist();
    }

    @Test
    void copiesThatNobodyHasUsedForLongGo() throws IOException {
        Path old = copied(NOW);
        Files.writeString(jar, "two");
        Path used = copied(NOW);
        copied(NOW.plus(Duration.ofDays(20)));
        Files.writeString(jar, "three");

        Path present = copied(NOW.plus(Duration.ofDays(40)));

        assertThat(old.getParent()).doesNotExist();
        assertThat(used).exists();
        assertThat(present).exists();
    }
}
