package dev.millrace.e2e;

import static org.awaitility.Awaitility.await;

import dev.millrace.local.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;

/** {@code mvn -Pup} in this checkout, as a person types it at a terminal: in a process group of its own. */
final class MavenUp implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Process process;
    private final Path output;
    private final long startNanos = System.nanoTime();

    private MavenUp(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Names, for the build inside this one, the Maven and the settings of the one around it. Who runs that in the
     * background may have told it to ignore signals, which a terminal does not.
     */
    static MavenUp start(Path output, String... options) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "setsid",
                "env",
                "--default-signal=INT,HUP",
                System.getProperty("maven.home") + "/bin/mvn",
                "--batch-mode",
                "-Pup"));
        line.add("-Dmaven.repo.local=" + System.getProperty("millrace.repository"));
        Path settings = Path.of(System.getProperty("millrace.settings"));
        if (Files.exists(settings)) {
            line.addAll(List.of("--settings", settings.toString()));
        }
        line.addAll(List.of(options));
        Process process = new ProcessBuilder(line)
                .directory(Checkout.find().root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new MavenUp(process, output);
    }

    /** Returns when the banner is there. */
    void awaitUp() {
        await().atMost(LIMIT).until(() -> !process.isAlive() || said().contains("\ncurl "));
        if (!process.isAlive()) {
            throw new AssertionError("mvn -Pup ended: " + said());
        }
    }

    Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** What processors have done so far for it and all that it has started. */
    Duration work() {
        return all().stream()
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What stands behind this name in the banner. */
    String banner(String name) {
        return line("  " + name + " ").substring(name.length() + 2).strip();
    }

    /** The line that starts with these words. */
    String line(String words) {
        return said().lines()
                .filter(line -> line.startsWith(words))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No line starts with '" + words + "' in: " + said()));
    }

    /** What a shell makes of the printed curl line. */
    Process pasteCurl() throws IOException {
        return new ProcessBuilder("bash", "-c", line("curl ")).start();
    }

    /** All processes that it has started, and itself. */
    List<ProcessHandle> all() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        return all;
    }

    /** What a terminal does at Ctrl-C: the signal goes to all of the foreground's process group. */
    void pressCtrlC() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", "--", "-" + process.pid()).start().waitFor();
    }

    void kill() {
        process.destroyForcibly();
    }

    boolean endsWithin(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    static ConditionFactory soon() {
        return await().atMost(LIMIT);
    }

    static String text(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
