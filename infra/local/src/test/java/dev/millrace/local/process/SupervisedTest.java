package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Path directory;
    private final Remembered said = new Remembered();
    private final Supervisor supervisor;

    SupervisedTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.supervisor = Supervisor.open(directory, said, Clock.systemUTC());
    }

    @AfterEach
    void close() throws IOException {
        supervisor.close();
    }

    @Test
    void aDeadProcessIsStartedAgain() throws Exception {
        Supervised part = supervisor.add(script("echo hello; exec sleep 600"));
        part.start();
        part.awaitReady(SOON);
        long pid = part.pid();
        await().atMost(SOON).until(() -> said.lines.size() == 1);

        part.kill();

        await().atMost(SOON).until(() -> part.restarts() == 1 && part.isReady());
        assertThat(part.pid()).isNotEqualTo(pid);
        assertThat(said.said).anyMatch(line -> line.contains("part was killed by signal 9: starting it again"));
        await().atMost(SOON).until(() -> said.lines.size() == 2);
        assertThat(said.lines).containsOnly("part hello");
        assertThat(directory.resolve("logs/part.log")).hasContent("hello\nhello");
    }

    @Test
    void aProcessThatNeverComesUpIsGivenUp() throws Exception {
        Supervised part = supervisor.add(script("exit 3"));
        part.start();

        assertThatThrownBy(() -> part.awaitReady(SOON)).hasMessageContaining("part.log");
        assertThat(said.said).last().asString().contains("ended with code 3", "giving up");
    }

    @Test
    void aFullDiskIsToldOnceAndNotForEachLine() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no full disk at hand");
        Files.createDirectories(directory.resolve("logs"));
        Files.createSymbolicLink(directory.resolve("logs/part.log"), full);
        Supervised part = supervisor.add(script("echo one; echo two; echo three; exec sleep 600"));

        part.start();

        await().atMost(SOON).until(() -> said.lines.size() == 3);
        assertThat(said.said).singleElement().asString().startsWith("The log of part cannot be written: ");
    }

    @Test
    void aPausedProcessCanBeStopped() throws Exception {
        Supervised part = supervisor.add(script("exec sleep 600"));
        part.start();
        ProcessHandle process = ProcessHandle.of(part.pid()).orElseThrow();

        part.pause();
        part.stop();

        assertThat(process.isAlive()).isFalse();
        assertThat(directory.resolve("run/part.pid")).doesNotExist();
    }

    @Test
    void whatIgnoresTheSignalIsKilledWithAllThatItStarted() throws Exception {
        Supervised part = supervisor.add(script("trap '' TERM; sleep 600 & while :; do wait; done"));
        part.start();
        ProcessHandle process = ProcessHandle.of(part.pid()).orElseThrow();
        await().atMost(SOON).until(() -> process.descendants().count() == 1);
        ProcessHandle below = process.descendants().findFirst().orElseThrow();

        part.stop();

        assertThat(process.isAlive()).isFalse();
        await().atMost(SOON).until(() -> !below.isAlive());
        assertThat(part.restarts()).isZero();
    }

    @Test
    void afterTheEndHasBegunNothingIsStarted() throws Exception {
        Supervised part = supervisor.add(script("exec sleep 600"));
        supervisor.seal();

        assertThatThrownBy(part::start).hasMessageContaining("part is not started");
    }

    private Script script(String text) {
        return new Script("part", text, directory.resolve("scratch"));
    }

    private record Script(String name, String text, Path scratch) implements Part {

        @Override
        public Command command() {
            return new Command(Path.of("/bin/sh"), List.of("-c", text), Map.of(), scratch);
        }

        @Override
        public boolean isReady() {
            return !text.startsWith("exit");
        }

        @Override
        public Duration stopGrace() {
            return Duration.ofMillis(500);
        }
    }

    private static final class Remembered implements Narrator {

        final List<String> said = new CopyOnWriteArrayList<>();
        final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void say(String line) {
            said.add(line);
        }

        @Override
        public void line(String part, String line) {
            lines.add(part + " " + line);
        }
    }
}
