package dev.millrace.local.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A single-node Kafka in this JVM: {@code BrokerMain PORT CONTROLLER_PORT DIRECTORY}. */
public final class BrokerMain {

    private static final String CLUSTER_ID = "bWlsbHJhY2UtbG9jYWwtMQ";

    private BrokerMain() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[2]);
        Map<String, String> settings =
                BrokerSettings.of(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), directory);
        format(directory);
        endWithLauncher();
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        server.awaitShutdown();
        Exit.exit(0);
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
