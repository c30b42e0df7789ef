package dev.millrace.local.redis;

import dev.millrace.local.process.Command;
import dev.millrace.local.process.Part;
import dev.millrace.local.unpack.Platform;
import dev.millrace.local.unpack.Unpacked;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Redis as a part of the stack: what was written a second ago survives a kill. */
public final class RedisPart implements Part {

    private static final int PROBE_MILLIS = 1_000;

    private final Path tools;
    private final int port;
    private final Path directory;

    public RedisPart(Path tools, int port, Path directory) {
        this.tools = tools;
        this.port = port;
        this.directory = directory;
    }

    @Override
    public String name() {
        return "redis";
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public Command command() throws IOException {
        Files.createDirectories(directory);
        Path program = Unpacked.program(Platform.ofThisMachine().redisProgram(), tools);
        List<String> arguments = List.of(
                "--bind", "127.0.0.1",
                "--port", Integer.toString(port),
                "--dir", directory.toString(),
                "--appendonly", "yes",
                "--appendfsync", "everysec",
                "--save", "",
                "--loglevel", "warning");
        return new Command(program, arguments, Map.of(), directory);
    }

    /** Says so itself only after it has read its data. */
    @Override
    public boolean isReady() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PROBE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
        }
    }

    /** It prints little but how it comes and goes. */
    @Override
    public boolean isWorthShowing(String line) {
        return false;
    }

    @Override
    public Duration stopGrace() {
        return Duration.ofSeconds(10);
    }
}
