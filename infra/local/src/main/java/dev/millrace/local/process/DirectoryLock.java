package dev.millrace.local.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes sure that a data directory belongs to one stack at a time; the system lets go of it when the process ends. */
final class DirectoryLock implements AutoCloseable {

    /** Conversations lie there, and the keys to all of it. */
    private static final Set<PosixFilePermission> OURS_ALONE = PosixFilePermissions.fromString("rwx------");

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    static DirectoryLock take(Path directory) throws IOException {
        FileChannel channel = open(directory);
        if (!tryLock(channel)) {
            channel.close();
            throw new IOException("The data directory " + directory
                    + " is in use by another Millrace on this machine; stop that one or give another directory");
        }
        return new DirectoryLock(channel);
    }

    private static FileChannel open(Path directory) throws IOException {
        try {
            // One that is there already is as its owner wants it.
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OURS_ALONE));
            return FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("The data directory " + directory + " cannot be made or written to: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return "this user may not write " + denied.getFile();
        }
        if (e instanceof FileAlreadyExistsException file) {
            return file.getFile() + " is no directory";
        }
        return e instanceof FileSystemException other && other.getReason() != null ? other.getReason() : e.toString();
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
