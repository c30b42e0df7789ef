package dev.millrace.ingress.reply;

import dev.millrace.event.Chunk;
import dev.millrace.event.Failure;
import dev.millrace.ingress.error.ErrorBody;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The events of a stream, byte for byte: {@code data:} lines and comments and nothing else, because an {@code id:} or
 * an {@code event:} line breaks clients. One chunk of the log is one event.
 */
interface StreamEvents {

    byte[] DONE = bytes("data: [DONE]\n\n");
    byte[] KEEP_ALIVE = bytes(": keep-alive\n\n");

    /** What comes before a choice's first chunk. */
    Optional<byte[]> opening(int choice);

    byte[] chunk(Chunk chunk);

    /** What tells the usage at the end, where that was asked for. */
    Optional<byte[]> usage(Tally tally);

    static byte[] error(Failure failure) {
        return bytes("data: " + ErrorBody.json(failure) + "\n\n");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
