package dev.millrace.billing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.awaitility.Awaitility;

/** A real PostgreSQL on a free port, with its files below the module's target directory. */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path programs;
    private final Path data;
    private final int port;
    private Process server;

    private EmbeddedPostgres(Path programs, Path data, int port) throws IOException {
        this.programs = programs;
        this.data = data;
        this.port = port;
        this.server = launch();
    }

    public static EmbeddedPostgres start() throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        Path programs = unpack(target.resolve("postgres")).resolve("bin");
        Path data = Files.createTempDirectory(target, "postgres-data-");
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        run(
                programs.resolve("initdb").toString(),
                "-D",
                data.toString(),
                "-U",
                "millrace",
                "--auth",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync");
        EmbeddedPostgres postgres = new EmbeddedPostgres(programs, data, port);
        postgres.awaitReady();
        return postgres;
    }

    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), "millrace", "");
    }

    /** A pool with an empty schema of its own, in which everything that is not named otherwise is done. */
    public HikariDataSource schema(String name) throws SQLException {
        try (Connection connection = connect()) {
            connection.createStatement().execute("CREATE SCHEMA " + name);
        }
        return pool(name);
    }

    public HikariDataSource pool(String schema) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url(schema));
        config.setUsername("millrace");
        config.setPassword("");
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(2000);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    public String url(String schema) {
        return url() + "?currentSchema=" + schema;
    }

    /** Kills it as power loss would; what it had acknowledged is there when it starts again. */
    public void kill() {
        server.destroyForcibly();
        Awaitility.await().atMost(PATIENCE).until(() -> !server.isAlive());
    }

    public void startAgain() throws IOException {
        server = launch();
        awaitReady();
    }

    /** Starts a server on the files of one that was made and closed, without waiting for it. */
    private Process launch() throws IOException {
        List<String> line = unprivileged();
        line.addAll(List.of(
                programs.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories="));
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(data.resolveSibling(data.getFileName() + ".log").toFile())
                .start();
    }

    private void awaitReady() {
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (Connection connection = connect()) {
                return connection.isValid(1);
            }
        });
    }

    /** PostgreSQL refuses to run as root; in a user namespace without a mapping nobody is root. */
    private static List<String> unprivileged() {
        List<String> line = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            line.addAll(List.of("unshare", "-U"));
        }
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            // It ends with this process, however that ends.
            line.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        }
        return line;
    }

    private static void run(String... command) throws IOException {
        List<String> line = unprivileged();
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(line + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static Path unpack(Path place) throws IOException {
        if (Files.exists(place)) {
            return place;
        }
        Files.createDirectories(place.getParent());
        Path unfinished = Files.createTempDirectory(place.getParent(), "unpacking-");
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (InputStream in = EmbeddedPostgres.class.getResourceAsStream("/" + archive());
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                extract(tar, entry, unfinished.resolve(entry.getName()));
            }
        }
        try {
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another JVM may have been quicker, and a directory is not replaced.
            if (!Files.isDirectory(place)) {
                throw e;
            }
        }
        return place;
    }

    private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, path);
        if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static String archive() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String processor = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        return "postgres-" + system + "-" + processor + ".txz";
    }

    @Override
    public void close() {
        server.destroy();
        kill();
    }
}
