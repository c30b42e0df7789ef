package dev.millrace.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names one child on disk, so that a later launcher finds it if it outlived this one. A process counts as that child
 * only with the same id, program and start, because ids are given out again: nobody else's process is ever ended.
 */
final class PidFile {

    /** The start is computed from the clock of the machine's boot, which is corrected now and then. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private final Path file;

    PidFile(Path directory, String name) {
        this.file = directory.resolve(name + ".pid");
    }

    /** Whole at any moment: a launcher that dies meanwhile leaves the file of before or this one. */
    void write(ProcessHandle process, Path program) throws IOException {
        Files.createDirectories(file.getParent());
        Optional<Instant> started = process.info().startInstant();
        if (started.isPresent()) {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(
                    next,
                    process.pid() + "\n" + started.get().toEpochMilli() + "\n"
                            + program.toRealPath().getFileName() + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    /** Ends what earlier launchers left behind, and says what that was. */
    static List<String> endStale(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<String> ended = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".pid")).toList()) {
                for (ProcessHandle stale : stale(file).stream().toList()) {
                    List<ProcessHandle> all =
                            new ArrayList<>(stale.descendants().toList());
                    all.add(0, stale);
                    Processes.endAll(all);
                    ended.add(file.getFileName().toString().replace(".pid", "") + " (process " + stale.pid() + ")");
                }
                Files.deleteIfExists(file);
            }
        }
        return ended;
    }

    private static Optional<ProcessHandle> stale(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() != 3) {
            return Optional.empty();
        }
        try {
            Instant started = Instant.ofEpochMilli(Long.parseLong(lines.get(1)));
            return ProcessHandle.of(Long.parseLong(lines.get(0)))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> isSame(process.info(), started, lines.get(2)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isSame(ProcessHandle.Info info, Instant started, String program) {
        boolean sameStart = info.startInstant()
                .filter(instant -> Duration.between(instant, started).abs().compareTo(CLOCK_TOLERANCE) <= 0)
                .isPresent();
        boolean sameProgram = info.command()
                .filter(command -> Path.of(command).getFileName().toString().equals(program))
                .isPresent();
        return sameStart && sameProgram;
    }
}
