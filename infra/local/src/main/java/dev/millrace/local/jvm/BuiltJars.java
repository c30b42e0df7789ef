package dev.millrace.local.jvm;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * Copies of the jars that a build writes. A JVM reads a jar as it needs it, and has no more classes of one that is
 * written over meanwhile, so a stack would break in parts when its checkout is built again. A copy lies in a folder named
 * after its content: all stacks share it, and a {@link ClassArchive} that was made of it stays of use.
 */
public final class BuiltJars {

    private static final String WRITTEN_BY_BUILD = "target";
    private static final int NAME_BYTES = 8;

    /** A stack that has run for longer, while its checkout was built again, cannot start a service anew. */
    private static final Duration KEPT = Duration.ofDays(30);

    private final Path directory;
    private final Clock clock;

    public BuiltJars(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** The same jars, where no build writes. */
    public Classpath copied(Classpath classpath) throws IOException {
        List<Path> entries = new ArrayList<>();
        for (Path entry : classpath.entries()) {
            entries.add(isBuilt(entry) ? copy(entry) : entry);
        }
        return new Classpath(entries);
    }

    private static boolean isBuilt(Path entry) {
        Path folder = entry.getParent();
        return folder != null && folder.endsWith(WRITTEN_BY_BUILD) && Files.isRegularFile(entry);
    }

    private Path copy(Path jar) throws IOException {
        byte[] content = Files.readAllBytes(jar);
        Path folder = directory.resolve(fingerprint(content));
        Path copy = folder.resolve(jar.getFileName());
        try {
            if (!Files.exists(copy)) {
                write(content, jar, copy);
            }
            Files.setLastModifiedTime(folder, FileTime.from(clock.instant()));
        } catch (AccessDeniedException e) {
            // Whoever may not write here does not build here either.
            return Files.exists(copy) ? copy : jar;
        }
        return copy;
    }

    /** Written beside its place and then moved, so that another process never sees a half. */
    private void write(byte[] content, Path jar, Path copy) throws IOException {
        Files.createDirectories(copy.getParent());
        Path beside = copy.resolveSibling(UUID.randomUUID() + ".part");
        Files.write(beside, content);
        // Whoever copies it at the same time makes the same of it, its time included, which class archives go by.
        Files.setLastModifiedTime(beside, Files.getLastModifiedTime(jar));
        Files.move(beside, copy, StandardCopyOption.ATOMIC_MOVE);
        deleteOutdated();
    }

    private void deleteOutdated() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory)) {
            for (Path folder : folders) {
                deleteIfOutdated(folder);
            }
        }
    }

    private void deleteIfOutdated(Path folder) throws IOException {
        try {
            if (Files.getLastModifiedTime(folder)
                    .toInstant()
                    .isAfter(clock.instant().minus(KEPT))) {
                return;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException e) {
            // Another stack that starts was quicker.
        }
    }

    private static String fingerprint(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
