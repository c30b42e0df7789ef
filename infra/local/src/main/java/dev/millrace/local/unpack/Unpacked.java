package dev.millrace.local.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Unpacks a program once into a directory that all stacks of a checkout share. */
public final class Unpacked {

    private Unpacked() {}

    /** An executable that is a resource as it is. */
    public static Path program(String resource, Path tools) throws IOException {
        return once(tools.resolve(resource), resource, (in, target) -> {
            Files.copy(in, target);
            makeExecutable(target);
        });
    }

    /** A directory that is a resource packed with tar and xz; named after its size, so that another release is another. */
    public static Path archive(String resource, Path tools) throws IOException {
        long sizeBytes = find(resource).openConnection().getContentLengthLong();
        String name = resource.replace(".txz", "") + "-" + sizeBytes;
        return once(tools.resolve(name), resource, Unpacked::extract);
    }

    private interface Writing {
        void write(InputStream in, Path target) throws IOException;
    }

    /** Written beside its place and then moved, so that another process never sees a half. */
    private static Path once(Path place, String resource, Writing writing) throws IOException {
        if (Files.exists(place)) {
            return place;
        }
        Files.createDirectories(place.getParent());
        Path temporary = Files.createTempDirectory(place.getParent(), "unpacking-");
        openForOthers(temporary);
        Path target = temporary.resolve("content");
        try (InputStream in = find(resource).openStream()) {
            writing.write(in, target);
            moveUnlessThere(target, place);
        } finally {
            deleteAll(temporary);
        }
        return place;
    }

    private static void moveUnlessThere(Path from, Path place) throws IOException {
        try {
            Files.move(from, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // A directory is not replaced, and one that is there is whole: another process was quicker.
            if (!Files.isDirectory(place)) {
                throw e;
            }
        }
    }

    private static void extract(InputStream in, Path target) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(in))) {
            @Nullable TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("The archive names a file outside of it: " + entry.getName());
                }
                extract(tar, entry, path);
                entry = tar.getNextEntry();
            }
        }
    }

    private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            if ((entry.getMode() & 0100) != 0) {
                makeExecutable(path);
            }
        }
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void openForOthers(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static URL find(String resource) throws IOException {
        @Nullable URL url = Unpacked.class.getClassLoader().getResource(resource);
        if (url == null) {
            throw new IOException("There is no " + resource + " for this machine on the class path");
        }
        return url;
    }

    private static void deleteAll(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
