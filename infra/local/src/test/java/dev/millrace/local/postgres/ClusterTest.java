package dev.millrace.local.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {

    private final Path directory;
    private final Path note;
    private final Cluster cluster;

    ClusterTest(@TempDir Path directory) {
        this.directory = directory;
        this.note = directory.resolve("postmaster.pid");
        this.cluster = new Cluster(directory, new Unprivileged(List.of(), null));
    }

    private void noteOf(long pid) throws IOException {
        Files.writeString(note, pid + "\n" + directory + "\n");
        cluster.forgetMistakenServer();
    }

    @Test
    void aNoteThatNamesAnotherProgramsProcessGoes() throws IOException {
        noteOf(ProcessHandle.current().pid());
        assertThat(note).doesNotExist();
    }

    @Test
    void aNoteThatNamesNobodyIsLeftToTheServer() throws IOException {
        noteOf(Integer.MAX_VALUE);
        assertThat(note).exists();
    }

    /** What takes the shell's place has never heard of the process that the shell started, which ends after that. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aNoteOfAServerWhoseEndNobodyHasHeardOfGoes() throws Exception {
        String line = "(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 600";
        Process deaf = new ProcessBuilder("sh", "-c", line).start();
        try (BufferedReader out = deaf.inputReader()) {
            long server = Long.parseLong(out.readLine());
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.readString(Path.of("/proc/" + server + "/stat"))
                    .contains(") Z "));
            noteOf(server);
            assertThat(note).doesNotExist();
        } finally {
            deaf.destroyForcibly();
        }
    }
}
