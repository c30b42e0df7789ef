package dev.millrace.local.jvm;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Where a process puts what it needs for a while: libraries unpack their natives there, and a killed one leaves them. */
final class TempFolder {

    private TempFolder() {}

    /** Made anew, without what an earlier process has left in it. */
    static Path empty(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            Files.walkFileTree(folder, new Deletion(folder));
        }
        return Files.createDirectories(folder);
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {

        private final Path kept;

        private Deletion(Path kept) {
            this.kept = kept;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            if (!directory.equals(kept)) {
                Files.delete(directory);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
