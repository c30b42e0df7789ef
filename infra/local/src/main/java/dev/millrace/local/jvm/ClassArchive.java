package dev.millrace.local.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The classes of one program as its JVM has loaded and checked them before, which halves the time and the work of its
 * next start. The first run writes them when it ends; the name tells what they were made of, so a changed jar or
 * another JVM just begins anew.
 */
final class ClassArchive {

    private static final int NAME_BYTES = 8;
    private static final String QUIET = "-Xlog:disable";
    private static final String ERRORS_ONLY = "-Xlog:all=error:stderr";

    private final Path file;
    private final Path written;
    private final boolean toBeWritten;

    private ClassArchive(Path file, Path written) {
        this.file = file;
        this.written = written;
        this.toBeWritten = !Files.exists(file);
    }

    /** One for the next process that runs this program under this name. */
    static ClassArchive of(Path directory, String mainClass, Classpath classpath, List<String> flags, String process)
            throws IOException {
        Files.createDirectories(directory);
        String name = mainClass.substring(mainClass.lastIndexOf('.', mainClass.lastIndexOf('.') - 1) + 1);
        Path file = directory.resolve(name + "-" + fingerprint(classpath, flags) + ".jsa");
        Path written = directory.resolve(file.getFileName() + "." + process + "-" + UUID.randomUUID());
        return new ClassArchive(file, written);
    }

    List<String> flags() {
        return !toBeWritten
                ? List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + file, QUIET, ERRORS_ONLY)
                : List.of("-XX:ArchiveClassesAtExit=" + written, QUIET, ERRORS_ONLY);
    }

    boolean isToBeWritten() {
        return toBeWritten;
    }

    /** After a process that was ended in good order: what it has written is whole, and others may use it. */
    void keep() throws IOException {
        if (Files.exists(written)) {
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            deleteOutdated();
        }
    }

    /** After any other end: what there may be is a half. */
    void discard() throws IOException {
        Files.deleteIfExists(written);
    }

    /** A JVM that still uses one keeps it until it ends. */
    private void deleteOutdated() throws IOException {
        String archive = file.getFileName().toString();
        String program = archive.substring(0, archive.lastIndexOf('-') + 1);
        try (DirectoryStream<Path> others = Files.newDirectoryStream(file.getParent(), program + "*.jsa")) {
            for (Path other : others) {
                if (!other.equals(file)) {
                    Files.deleteIfExists(other);
                }
            }
        }
    }

    private static String fingerprint(Classpath classpath, List<String> flags) throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("java.vm.version"));
        text.append(System.getProperty("java.home")).append(flags);
        for (Path entry : classpath.entries()) {
            text.append('\n').append(entry);
            if (Files.exists(entry)) {
                text.append(Files.size(entry))
                        .append(Files.getLastModifiedTime(entry).toMillis());
            }
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
