package dev.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class HeldPortsTest {

    @Test
    void theyAreDifferentAndFree() throws IOException {
        try (HeldPorts ports = HeldPorts.choose(20)) {
            assertThat(ports.numbers()).hasSize(20).doesNotHaveDuplicates().allMatch(port -> FreePorts.hindrance(port)
                    .isEmpty());
        }
    }

    @Test
    void whoAsksForAnyPortIsNotGivenOneThatIsHeld() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "ports are held on Linux");
        int port;
        try (HeldPorts ports = HeldPorts.choose(1)) {
            port = ports.numbers().get(0);
            assertThatThrownBy(() -> bindAlone(port)).isInstanceOf(BindException.class);
        }
        bindAlone(port);
    }

    /** As the system looks at a port before it gives it away. */
    private static void bindAlone(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }

    @Test
    void whoKnowsOneCanListenThereAgainAndAgain() throws IOException {
        try (HeldPorts ports = HeldPorts.choose(1)) {
            int port = ports.numbers().get(0);
            for (int i = 0; i < 3; i++) {
                try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                        Socket accepted = server.accept()) {
                    assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
                }
            }
        }
    }
}
