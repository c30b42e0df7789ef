package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a process, and what becomes of its children when it ends in one way or another. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LauncherIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** As long as the launcher itself may wait for its parts. */
    private static final Duration UP_LIMIT = Duration.ofMinutes(3);

    private final Path data;
    private final Path output;
    private final List<Process> launchers = new ArrayList<>();

    LauncherIT(@TempDir Path directory) {
        this.data = directory.resolve("data");
        this.output = directory.resolve("output");
    }

    @AfterEach
    void endLaunchers() {
        launchers.forEach(Process::destroyForcibly);
    }

    @Test
    void afterAKillOfTheLauncherNothingIsLeftAndTheNextOneStartsAndStopsAtTerm() throws Exception {
        Process launcher = launch(0);
        awaitUp();
        List<ProcessHandle> children = launcher.descendants().toList();
        assertThat(children).hasSizeGreaterThan(5);

        launcher.destroyForcibly();

        await().atMost(SOON).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        Process next = launch(0);
        awaitUp();
        stopsEverythingInOrder(next, "TERM");
    }

    @Test
    void askedToEndWhileItStartsItLeavesNothingAndTheNextOneStartsAndStopsAtHup() throws Exception {
        Process launcher = launch(0);
        await().atMost(SOON).until(() -> launcher.descendants().count() > 1);
        List<ProcessHandle> children = launcher.descendants().toList();

        launcher.destroy();

        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(Files.readString(output)).contains("Millrace has stopped").doesNotContain("cannot start");
        Process next = launch(0);
        awaitUp();
        stopsEverythingInOrder(next, "HUP");
    }

    /** Nothing of this is the broker's, which makes most of the work. */
    @Test
    void aSecondOneOnTheSameDataIsRefusedAndTheFirstStopsAtInt() throws Exception {
        Process first = launch(0, Infrastructure.POSTGRES, Infrastructure.REDIS);
        awaitUp();
        Path said = output.resolveSibling("first");
        Files.move(output, said);

        Process second = launch(0, Infrastructure.POSTGRES, Infrastructure.REDIS);

        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(Files.readString(output)).contains("cannot start").contains(data + " is in use");
        Files.move(said, output, StandardCopyOption.REPLACE_EXISTING);
        stopsEverythingInOrder(first, "INT");
    }

    private void stopsEverythingInOrder(Process launcher, String signal) throws Exception {
        List<ProcessHandle> children = launcher.descendants().toList();
        assertThat(children).hasSizeGreaterThan(5);

        new ProcessBuilder("kill", "-" + signal, Long.toString(launcher.pid()))
                .start()
                .waitFor();

        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(Files.readString(output)).contains("Millrace has stopped");
        assertThat(Files.readString(data.resolve("logs/postgres.log"))).contains("database system is shut down");
        try (Stream<Path> pidFiles = Files.list(data.resolve("run"))) {
            assertThat(pidFiles).isEmpty();
        }
    }

    @Test
    void aTakenPortIsNamedBeforeAnythingIsStarted() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Process launcher = launch(taken.getLocalPort());

            assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(launcher.exitValue()).isEqualTo(1);
            assertThat(Files.readString(output)).contains("port " + taken.getLocalPort() + " is in use");
            assertThat(data).doesNotExist();
        }
    }

    private Process launch(int port) throws IOException {
        return launch(port, Infrastructure.values());
    }

    private Process launch(int port, Infrastructure... parts) throws IOException {
        Files.deleteIfExists(output);
        // Whoever runs these tests in the background may have had signals ignored.
        Process launcher = new ProcessBuilder(
                        "env",
                        "--default-signal=INT,HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InfrastructureLauncher.class.getName(),
                        data.toString(),
                        Integer.toString(port),
                        Stream.of(parts).map(Infrastructure::name).collect(Collectors.joining(",")))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        launchers.add(launcher);
        return launcher;
    }

    private void awaitUp() throws IOException {
        Process launcher = launchers.get(launchers.size() - 1);
        await().atMost(UP_LIMIT)
                .until(() -> !launcher.isAlive()
                        || Files.exists(output) && Files.readString(output).contains("Millrace is up"));
        assertThat(Files.readString(output)).contains("Millrace is up");
    }
}
