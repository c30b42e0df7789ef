package dev.millrace.local.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** The cheapest sign of life. */
public final class Sockets {

    private static final int CONNECT_MILLIS = 500;

    private Sockets() {}

    /** Whether something accepts connections on this port of this machine. */
    public static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
