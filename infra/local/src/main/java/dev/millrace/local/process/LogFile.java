package dev.millrace.local.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A log that never holds more than two files' worth: the present one and the one before. */
final class LogFile implements AutoCloseable {

    static final long DEFAULT_MAX_BYTES = 16 << 20;

    private final Path file;
    private final long maxBytes;
    private OutputStream out;
    private long sizeBytes;

    LogFile(Path file, long maxBytes) throws IOException {
        this.file = file;
        this.maxBytes = maxBytes;
        Files.createDirectories(file.getParent());
        this.sizeBytes = Files.exists(file) ? Files.size(file) : 0;
        this.out = open();
    }

    Path path() {
        return file;
    }

    synchronized void write(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (sizeBytes + bytes.length > maxBytes && sizeBytes > 0) {
            out.close();
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            out = open();
            sizeBytes = 0;
        }
        out.write(bytes);
        sizeBytes += bytes.length;
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
