package dev.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports on the loopback address that a stack has until it ends. A socket that is bound and does not listen keeps the
 * system from giving the port to anybody who asks for a free one, also while its server is being started again, and
 * does not stand in that server's way. Only Linux is so kind; elsewhere ports are free when chosen, and no more is sure.
 */
final class HeldPorts implements AutoCloseable {

    private static final boolean CAN_BE_SHARED = System.getProperty("os.name").equals("Linux");

    private final List<Socket> holders = new ArrayList<>();
    private final List<Integer> numbers;

    private HeldPorts(int count) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                Socket holder = new Socket();
                holders.add(holder);
                holder.setReuseAddress(true);
                holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
        numbers = holders.stream().map(Socket::getLocalPort).toList();
        if (!CAN_BE_SHARED) {
            close();
        }
    }

    /** That many different ones. */
    static HeldPorts choose(int count) throws IOException {
        return new HeldPorts(count);
    }

    List<Integer> numbers() {
        return numbers;
    }

    @Override
    public void close() {
        try {
            for (Socket holder : holders) {
                holder.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
