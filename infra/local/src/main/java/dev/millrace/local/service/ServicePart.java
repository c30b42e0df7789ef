package dev.millrace.local.service;

import dev.millrace.local.jvm.JavaProcess;
import dev.millrace.local.process.Command;
import dev.millrace.local.process.Part;
import dev.millrace.local.process.Sockets;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One service as a part of the stack. */
public final class ServicePart implements Part {

    private static final int PROBE_MILLIS = 2_000;

    /** The ingress may let answers run for 20 s before it ends. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final String name;
    private final JavaProcess process;
    private final int port;
    private final Map<String, String> environment;
    private final Path directory;

    public ServicePart(String name, JavaProcess process, int port, Map<String, String> environment, Path directory) {
        this.name = name;
        this.process = process;
        this.port = port;
        this.environment = Map.copyOf(environment);
        this.directory = directory;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Command command() throws IOException {
        return process.command(List.of(), environment, directory);
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
        HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/health/readiness")
                .toURL()
                .openConnection();
        connection.setConnectTimeout(PROBE_MILLIS);
        connection.setReadTimeout(PROBE_MILLIS);
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }

    @Override
    public Duration stopGrace() {
        return process.stopGrace(STOP_GRACE);
    }
}
