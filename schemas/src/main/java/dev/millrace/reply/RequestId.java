package dev.millrace.reply;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A request's id, which tells where its replies are: it carries the time, the reply partition, an offset at or before
 * its first reply, noise, and a short MAC that only a door with the secret can make.
 */
public final class RequestId {

    static final int SIGNED_BYTES = 19;
    static final int MAC_BYTES = 6;
    private static final int BYTES = SIGNED_BYTES + MAC_BYTES;
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int BITS = 5;
    private static final int LENGTH = BYTES * Byte.SIZE / BITS;
    private static final long MAX_48_BITS = (1L << 48) - 1;

    private final byte[] bytes;

    private RequestId(byte[] bytes) {
        this.bytes = bytes;
    }

    static byte[] signedPart(long timeMillis, int replyPartition, long replyOffset, long noise) {
        if (timeMillis < 0 || timeMillis > MAX_48_BITS || replyOffset < 0 || replyOffset > MAX_48_BITS) {
            throw new IllegalArgumentException("time or offset out of range: " + timeMillis + ", " + replyOffset);
        }
        if (replyPartition < 0 || replyPartition > Short.MAX_VALUE) {
            throw new IllegalArgumentException("partition out of range: " + replyPartition);
        }
        ByteBuffer buffer = ByteBuffer.allocate(SIGNED_BYTES);
        buffer.putShort((short) (timeMillis >>> 32)).putInt((int) timeMillis);
        buffer.putShort((short) replyPartition);
        buffer.putShort((short) (replyOffset >>> 32)).putInt((int) replyOffset);
        buffer.put((byte) (noise >>> 32)).putInt((int) noise);
        return buffer.array();
    }

    static RequestId of(byte[] signed, byte[] mac) {
        byte[] all = Arrays.copyOf(signed, BYTES);
        System.arraycopy(mac, 0, all, SIGNED_BYTES, MAC_BYTES);
        return new RequestId(all);
    }

    /** Reads an id as far as its form goes. */
    public static Optional<RequestId> parse(String text) {
        if (text.length() != LENGTH) {
            return Optional.empty();
        }
        byte[] bytes = new byte[BYTES];
        long window = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < LENGTH; i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            if (value < 0) {
                return Optional.empty();
            }
            window = (window << BITS) | value;
            held += BITS;
            if (held >= Byte.SIZE) {
                held -= Byte.SIZE;
                bytes[at++] = (byte) (window >>> held);
            }
        }
        RequestId id = new RequestId(bytes);
        return id.replyPartition() < 0 ? Optional.empty() : Optional.of(id);
    }

    /** When the request was made, by the clock of its door. */
    public long timeMillis() {
        return unsigned48(0);
    }

    public int replyPartition() {
        return ByteBuffer.wrap(bytes).getShort(6);
    }

    /** No reply of this request is before this offset. */
    public long replyOffset() {
        return unsigned48(8);
    }

    private long unsigned48(int at) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return (long) (buffer.getShort(at) & 0xFFFF) << 32 | buffer.getInt(at + 2) & 0xFFFFFFFFL;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestId id && Arrays.equals(bytes, id.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(LENGTH);
        long window = 0;
        int held = 0;
        for (byte b : bytes) {
            window = (window << Byte.SIZE) | (b & 0xFF);
            held += Byte.SIZE;
            while (held >= BITS) {
                held -= BITS;
                text.append(ALPHABET.charAt((int) (window >>> held) & 31));
            }
        }
        return text.toString();
    }
}
