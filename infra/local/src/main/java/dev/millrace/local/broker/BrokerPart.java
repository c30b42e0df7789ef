package dev.millrace.local.broker;

import dev.millrace.local.jvm.JavaProcess;
import dev.millrace.local.process.Command;
import dev.millrace.local.process.Part;
import dev.millrace.local.process.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The broker as a part of the stack. */
public final class BrokerPart implements Part {

    /** What it was reading when it was asked to end, it says for each partition, twice. */
    private static final String GIVES_UP = "Stopped loading records from ";

    private final JavaProcess process;
    private final int port;
    private final int controllerPort;
    private final Path directory;

    public BrokerPart(JavaProcess process, int port, int controllerPort, Path directory) {
        this.process = process;
        this.port = port;
        this.controllerPort = controllerPort;
        this.directory = directory;
    }

    @Override
    public String name() {
        return "broker";
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public Command command() throws IOException {
        Files.createDirectories(directory);
        return process.command(
                List.of(Integer.toString(port), Integer.toString(controllerPort), directory.toString()),
                Map.of(),
                directory);
    }

    @Override
    public boolean isWorthShowing(String line) {
        return !line.contains(GIVES_UP);
    }

    @Override
    public void ended(int exitCode) throws IOException {
        process.ended(exitCode);
    }

    @Override
    public boolean isReady() throws IOException {
        if (!Sockets.accepts(port)) {
            return false;
        }
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2_000,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
        try (Admin admin = Admin.create(settings)) {
            return !admin.describeCluster().nodes().get(2, TimeUnit.SECONDS).isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    @Override
    public Duration stopGrace() {
        return process.stopGrace(Duration.ofSeconds(15));
    }
}
