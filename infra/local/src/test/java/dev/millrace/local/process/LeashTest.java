package dev.millrace.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeashTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void aChildHasAProcessGroupOfItsOwn() throws IOException {
        for (Leash leash : List.of(Leash.ofThisMachine(), Leash.portable())) {
            Process child = start(leash);
            try {
                await().atMost(SOON).until(() -> processGroup(child.pid()) == child.pid());
            } finally {
                child.destroyForcibly();
            }
        }
    }

    @Test
    void withoutTheMeansOfLinuxAChildEndsWithItsStandardInput() throws IOException, InterruptedException {
        Process child = start(Leash.portable());
        await().atMost(SOON).until(() -> "sleep".equals(program(child)));

        child.getOutputStream().close();

        assertThat(child.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(128 + 9);
    }

    private static Process start(Leash leash) throws IOException {
        List<String> line = new ArrayList<>(leash.line());
        line.addAll(List.of("/bin/sleep", "600"));
        return new ProcessBuilder(line).start();
    }

    private static String program(Process process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString())
                .orElse("");
    }

    private static long processGroup(long pid) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "pgid=", "-p", Long.toString(pid)).start();
        String answer = new String(ps.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
        return Long.parseLong(answer.strip());
    }
}
