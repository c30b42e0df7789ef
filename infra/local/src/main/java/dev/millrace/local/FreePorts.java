package dev.millrace.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/** Ports that somebody else may have. */
final class FreePorts {

    private FreePorts() {}

    /** Why no server could listen there on all addresses; empty: one could. */
    static Optional<String> hindrance(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    String.valueOf(e.getMessage()).startsWith("Permission denied")
                            ? "is not open to this user"
                            : "is in use on this machine");
        }
    }
}
