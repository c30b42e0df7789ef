package dev.millrace.local;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * A Kafka broker that runs elsewhere, given as {@code host:port}. It is asked by hand: Kafka's own clients ask anybody
 * again and again for a minute, and take a stranger's words for the length of an answer that they make room for.
 */
record ExternalKafka(String address) {

    private static final short WHICH_VERSIONS = 18;
    private static final int QUESTION = 0x4D696C6C;
    private static final int MOST_BYTES = 1 << 20;

    /** Who is at an address. */
    enum Found {
        KAFKA,
        STRANGER,
        NOBODY
    }

    Found whoAnswers(int limitSeconds) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(address.substring(colon + 1));
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), limitSeconds * 1_000);
            socket.setSoTimeout(limitSeconds * 1_000);
            return answersAsKafka(socket) ? Found.KAFKA : Found.STRANGER;
        } catch (IOException | IllegalArgumentException e) {
            return Found.NOBODY;
        }
    }

    /** Every broker tells which versions of which requests it takes, whoever asks, and names the question in its answer. */
    private static boolean answersAsKafka(Socket socket) {
        try {
            socket.getOutputStream().write(question());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int bytes = in.readInt();
            return bytes > Integer.BYTES && bytes <= MOST_BYTES && in.readInt() == QUESTION;
        } catch (IOException e) {
            return false;
        }
    }

    /** Behind its length: the kind of request, its version, its number, and no name of who asks. */
    private static byte[] question() {
        int bytes = Short.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES;
        return ByteBuffer.allocate(Integer.BYTES + bytes)
                .putInt(bytes)
                .putShort(WHICH_VERSIONS)
                .putShort((short) 0)
                .putInt(QUESTION)
                .putShort((short) -1)
                .array();
    }
}
