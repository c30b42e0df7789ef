package dev.millrace.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** Generated at the first start and kept in the data directory, where nobody else may read them. */
final class Secrets {

    private static final int KEY_BYTES = 24;
    private static final int SECRET_BYTES = 32;

    private final Path directory;
    private final SecureRandom random;

    Secrets(Path directory, SecureRandom random) {
        this.directory = directory;
        this.random = random;
    }

    /** The key with which the local API is called. */
    String developmentKey() throws IOException {
        return kept("development-key", "sk-", KEY_BYTES);
    }

    String requestIdSecret() throws IOException {
        return kept("request-id-secret", "", SECRET_BYTES);
    }

    String postgresPassword() throws IOException {
        return kept("postgres-password", "", SECRET_BYTES);
    }

    private String kept(String name, String prefix, int bytes) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            write(file, prefix + draw(bytes) + "\n");
        }
        String secret = Files.readString(file).strip();
        if (secret.isEmpty()) {
            throw new IOException(file + " is empty: put the secret back, or begin with another data directory");
        }
        return secret;
    }

    private String draw(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(bytes)
                .replace('-', 'x')
                .replace('_', 'y');
    }

    /** Closed to others from its first byte, and in its place only when it is whole. */
    private void write(Path file, String content) throws IOException {
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(
                directory,
                "secret",
                null,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
            // Or a machine that loses its power may have it in its place and empty.
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
