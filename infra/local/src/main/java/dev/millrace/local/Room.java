package dev.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room on a disk. Each of a stack's programs has its own words, and many of them, for that there is none. */
final class Room {

    private static final int MEGABYTE_BITS = 20;

    private Room() {}

    static void require(Path directory, long bytes) throws IOException {
        long left = Files.getFileStore(directory).getUsableSpace();
        if (left < bytes) {
            throw new IOException("There are %d MB left on the disk of the data directory %s, and %d are needed"
                    .formatted(left >> MEGABYTE_BITS, directory, bytes >> MEGABYTE_BITS));
        }
    }
}
