package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrandTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Path directory;

    ErrandTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Command script(String text) {
        return new Command(Path.of("/bin/sh"), List.of("-c", text), Map.of(), directory);
    }

    @Test
    void tellsWhatAProgramSaidThatFailed() throws IOException {
        Errand.run("fine", script("echo nothing"));
        assertThatThrownBy(() -> Errand.run("bad", script("echo no room; exit 3")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bad failed: no room");
    }

    @Test
    void tellsInOneLineWhatAProgramOfManyWordsComplainsOf() {
        assertThatThrownBy(() -> Errand.run("bad", script("echo one; echo FATAL: no room; echo two; exit 3")))
                .hasMessage("bad failed: FATAL: no room");
    }

    @RepeatedTest(5)
    void leavesNothingRunningWhereItIsInterrupted() throws Exception {
        Path pids = directory.resolve("pids");
        Thread runner = new Thread(() -> {
            try {
                Errand.run(
                        "long",
                        script("sleep 600 & echo $! $$ > " + pids + ".new; mv " + pids + ".new " + pids + "; wait"));
            } catch (IOException e) {
                // As it must be.
            }
        });
        runner.start();
        await().atMost(SOON).until(() -> Files.exists(pids));

        runner.interrupt();

        runner.join(SOON.toMillis());
        for (String pid : Files.readString(pids).strip().split(" ")) {
            await().atMost(SOON).until(() -> ProcessHandle.of(Long.parseLong(pid))
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
        }
    }
}
