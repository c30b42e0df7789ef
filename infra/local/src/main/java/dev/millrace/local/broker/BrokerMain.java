package dev.millrace.local.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A single-node Kafka in this JVM: {@code BrokerMain PORT CONTROLLER_PORT DIRECTORY}. */
public final class BrokerMain {

    private static final String CLUSTER_ID = "bWlsbHJhY2UtbG9jYWwtMQ";

    /** Less than whoever stops it waits for its end. */
    private static final int START_SECONDS = 10;

    private BrokerMain() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[2]);
        Map<String, String> settings =
                BrokerSettings.of(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), directory);
        try {
            format(directory);
        } catch (IOException | RuntimeException e) {
            System.err.println("The data in " + directory + " is not this broker's: " + e.getMessage());
            Exit.exit(1);
        }
        endWithLauncher();
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        CountDownLatch started = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(server, started), "broker-shutdown"));
        try {
            server.startup();
        } finally {
            started.countDown();
        }
        server.awaitShutdown();
        Exit.exit(0);
    }

    /** Half a broker cannot be shut down: it would stumble over what is gone already. */
    private static void shutDown(KafkaRaftServer server, CountDownLatch started) {
        try {
            if (!started.await(START_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.shutdown();
    }

    private static void format(Path directory) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setNodeId(1)
                .setClusterId(CLUSTER_ID)
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true)
                .run();
    }

    /** Standard input is a pipe from the launcher: its end is the launcher's end. */
    private static void endWithLauncher() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {}
                    } catch (IOException e) {
                        // The same as the end.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "launcher-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
