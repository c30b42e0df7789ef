package dev.millrace.local;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A Kafka broker that runs elsewhere, given as {@code host:port}. It is asked by hand: Kafka's own clients ask anybody
 * again and again for a minute, and take a stranger's words for the length of an answer that they make room for.
 */
record ExternalKafka(String address) {

    private static final short WHICH_VERSIONS = 18;
    private static final short METADATA = 3;
    private static final short VERSION_WITH_RACKS = 1;
    private static final byte[] NO_TOPICS = new byte[Integer.BYTES];
    private static final int MOST_BROKERS = 100;
    private static final int QUESTION = 0x4D696C6C;
    private static final int MOST_BYTES = 1 << 20;

    /** Who is at an address. */
    enum Found {
        KAFKA,
        STRANGER,
        NOBODY
    }

    Found whoAnswers(int limitSeconds) {
        try (Socket socket = connected(limitSeconds)) {
            return answersAsKafka(socket) ? Found.KAFKA : Found.STRANGER;
        } catch (IOException | IllegalArgumentException e) {
            return Found.NOBODY;
        }
    }

    /** The addresses by which its cluster's brokers are found by whoever found this one; none where it does not tell. */
    List<String> advertised(int limitSeconds) {
        try (Socket socket = connected(limitSeconds)) {
            DataInputStream in = answer(socket, question(METADATA, VERSION_WITH_RACKS, NO_TOPICS));
            int brokers = in.readInt();
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < brokers && i < MOST_BROKERS; i++) {
                in.readInt();
                addresses.add(in.readUTF() + ":" + in.readInt());
                in.skipNBytes(Math.max(0, in.readShort()));
            }
            return addresses;
        } catch (IOException | IllegalArgumentException e) {
            return List.of();
        }
    }

    private Socket connected(int limitSeconds) throws IOException {
        int colon = address.lastIndexOf(':');
        InetSocketAddress place =
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        Socket socket = new Socket();
        try {
            socket.connect(place, limitSeconds * 1_000);
            socket.setSoTimeout(limitSeconds * 1_000);
            return socket;
        } catch (IOException | IllegalArgumentException e) {
            socket.close();
            throw e;
        }
    }

    /** Every broker tells which versions of which requests it takes, whoever asks. */
    private static boolean answersAsKafka(Socket socket) {
        try {
            answer(socket, question(WHICH_VERSIONS, (short) 0, new byte[0]));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** What follows the answer's length and the question's number, which every answer names. */
    private static DataInputStream answer(Socket socket, byte[] question) throws IOException {
        socket.getOutputStream().write(question);
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        int bytes = in.readInt();
        if (bytes <= Integer.BYTES || bytes > MOST_BYTES || in.readInt() != QUESTION) {
            throw new IOException("not Kafka");
        }
        return in;
    }

    /** Behind its length: the kind of request, its version, its number, no name of who asks, and what is asked. */
    private static byte[] question(short kind, short version, byte[] what) {
        int bytes = Short.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES + what.length;
        return ByteBuffer.allocate(Integer.BYTES + bytes)
                .putInt(bytes)
                .putShort(kind)
                .putShort(version)
                .putInt(QUESTION)
                .putShort((short) -1)
                .put(what)
                .array();
    }
}
