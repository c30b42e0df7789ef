package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.e2e.SharedStack.Stacks;
import dev.millrace.local.Checkout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The one command: what it prints, what it keeps running, and how it ends. */
@Timeout(300)
@ExtendWith(SharedStack.Over.class)
class UpIT {

    /**
     * Two idle cores are promised their first token in less than 20 s, so there cannot be much more work than they can
     * do until then; how long that takes while others work too is nobody's promise. Three times as much, because there
     * is a second worker here, and processors that are two threads of one core get half as much done in their time.
     */
    private static final Duration FIRST_TOKEN_WORK = Duration.ofSeconds(3 * 2 * 20);

    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".millrace");

    @Test
    void theOneCommandPrintsACurlLineThatWorksAndEndsInOrder() throws Exception {
        Path directory = Stacks.emptyDirectory("with a blank");
        Path model = Files.createSymbolicLink(
                directory.resolve("mine"), Checkout.find().module("gpu-consumer/src/main/models/qwen3-demo"));
        int port = freePort();
        try (MavenUp up = MavenUp.start(
                directory.resolve("output"),
                "-Dport=" + port,
                "-Ddata=" + directory.resolve("data"),
                "-Dworkers=2",
                "-Dmodel=" + model)) {
            up.awaitUp();
            String firstLine = firstDataLine(up.pasteCurl());
            Duration took = up.sinceStart();
            Duration work = up.work();
            System.out.printf(
                    "First token %d ms after mvn -Pup, after %d ms of work%n", took.toMillis(), work.toMillis());

            assertThat(firstLine).startsWith("data: {").contains("chat.completion.chunk", "\"mine\"");
            assertThat(work).isLessThan(FIRST_TOKEN_WORK);
            assertThat(up.banner("API")).isEqualTo("http://localhost:" + port + "/v1");
            assertThat(up.banner("Key")).startsWith("sk-").hasSizeGreaterThan(30);
            assertThat(up.banner("Models")).isEqualTo("echo, deepseek-demo, qwen3-demo, mine");
            for (String part :
                    List.of("broker", "postgres", "redis", "topics", "ingress", "router", "billing", "worker-2")) {
                assertThat(up.said()).containsPattern("\n" + part + " +ready after \\d+\\.\\d s");
            }
            assertThat(up.said()).containsPattern("\n\\[router  ] \\d\\d:\\d\\d:\\d\\d");

            itKeepsWhatDies(up, directory.resolve("data/run/billing.pid"));
            itEndsInOrder(up);
            assertThat(filesWith(up.banner("Key")))
                    .as("files of the checkout that have the key")
                    .isEmpty();
        }
    }

    private static void itKeepsWhatDies(MavenUp up, Path pidFile) throws IOException {
        ProcessHandle billing = ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(pidFile).get(0)))
                .orElseThrow();
        billing.destroyForcibly();
        MavenUp.soon().until(() -> up.said()
                .matches("(?s).*\nbilling was killed by signal 9: starting it again in \\d+ ms, log in .*"));
        MavenUp.soon().until(() -> Long.parseLong(Files.readAllLines(pidFile).get(0)) != billing.pid());
    }

    private static void itEndsInOrder(MavenUp up) throws Exception {
        List<ProcessHandle> all = up.all();
        assertThat(all).hasSizeGreaterThan(8);
        up.pressCtrlC();
        assertThat(up.endsWithin(Duration.ofSeconds(180))).isTrue();
        assertThat(all).noneMatch(ProcessHandle::isAlive);
        List<String> stopped = up.said()
                .lines()
                .filter(line -> line.endsWith(" has stopped"))
                .map(line -> line.split(" ")[0])
                .toList();
        assertThat(stopped)
                .startsWith("ingress")
                .containsSubsequence("router", "broker", "postgres", "Millrace")
                .containsSubsequence("worker-1", "broker", "redis", "Millrace")
                .containsSubsequence("worker-2", "broker")
                .containsSubsequence("billing", "broker");
    }

    private static String firstDataLine(Process curl) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(curl.getInputStream(), StandardCharsets.UTF_8))) {
            @Nullable String line = lines.readLine();
            return line == null ? "nothing" : line;
        } finally {
            curl.destroy();
        }
    }

    /** Where a person's key must never be: in what is under version control, or may come to be. */
    private static List<Path> filesWith(String key) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(Checkout.find().root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return NOT_OURS.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()
                        && new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(key)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
