package dev.millrace.local.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.Checkout;
import dev.millrace.local.jvm.Classpath;
import dev.millrace.local.jvm.JavaProcess;
import dev.millrace.local.jvm.JavaProgram;
import dev.millrace.local.process.Narrator;
import dev.millrace.local.process.Sockets;
import dev.millrace.local.process.Supervised;
import dev.millrace.local.process.Supervisor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is asked to end before it is ready gets ready first, and ends without a complaint. */
class BrokerStopIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> QUICK_START = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path data;
    private final int port = freePort();
    private final int controllerPort = freePort();

    BrokerStopIT(@TempDir Path data) throws IOException {
        this.data = data;
    }

    @Test
    void halfwayThroughItsStart() throws Exception {
        Checkout checkout = Checkout.find();
        JavaProgram program = new JavaProgram(
                BrokerMain.class.getName(), Classpath.ofModule(checkout.module("infra/local")), 512, QUICK_START);
        // As the stack has it, so that there is most probably an archive already.
        Path archives = checkout.tools().resolve("classes");
        try (Supervisor supervisor = Supervisor.open(data, Narrator.silent(), Clock.systemUTC())) {
            Supervised broker = supervisor.add(new BrokerPart(
                    new JavaProcess(program, "broker", archives, data.resolve("tmp"), true),
                    port,
                    controllerPort,
                    data.resolve("kafka")));
            broker.start();
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(() -> Sockets.accepts(controllerPort));
            broker.stop();
        }
        assertThat(Files.readString(data.resolve("logs/broker.log"))).doesNotContain("Exception");
        assertThat(data.resolve("kafka/.kafka_cleanshutdown")).exists();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
