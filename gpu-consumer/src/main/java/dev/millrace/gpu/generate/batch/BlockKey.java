package dev.millrace.gpu.generate.batch;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Names what a full block of the cache holds: its tokens and, through the key of the block before, all that stands in
 * front of them. A cryptographic hash, because two prompts that met in one key would read each other's cache.
 */
record BlockKey(long a, long b, long c, long d) {

    static BlockKey after(@Nullable BlockKey previous, int[] tokens, int from, int to) {
        ByteBuffer content = ByteBuffer.allocate(4 * Long.BYTES + (to - from) * Integer.BYTES);
        if (previous != null) {
            content.putLong(previous.a).putLong(previous.b).putLong(previous.c).putLong(previous.d);
        }
        for (int i = from; i < to; i++) {
            content.putInt(tokens[i]);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256(content.flip()));
        return new BlockKey(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    private static byte[] sha256(ByteBuffer content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(content);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
