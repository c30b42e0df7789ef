package dev.millrace.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * This process's memory, as Linux tells it.
 *
 * @param ownBytes what it alone has
 * @param fileBytes pages of files that it has mapped, which the system may take back
 */
public record Resident(long ownBytes, long fileBytes) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** Whether this system tells. */
    public static boolean isTold() {
        return Files.isReadable(STATUS);
    }

    public static Resident now() throws IOException {
        return of(Files.readString(STATUS));
    }

    static Resident of(String status) {
        return new Resident(bytes(status, "RssAnon:"), bytes(status, "RssFile:"));
    }

    private static long bytes(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(
                        line.substring(name.length()).replace("kB", "").trim()))
                .map(kilobytes -> kilobytes << 10)
                .findFirst()
                .orElseThrow();
    }

    public long bytes() {
        return ownBytes + fileBytes;
    }

    public Resident since(Resident before) {
        return new Resident(ownBytes - before.ownBytes, fileBytes - before.fileBytes);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.0f MiB of its own and %.0f MiB of mapped files",
                mebibytes(ownBytes),
                mebibytes(fileBytes));
    }

    public static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
