package dev.millrace.local.postgres;

import dev.millrace.local.process.Command;
import dev.millrace.local.process.Part;
import dev.millrace.local.process.Sockets;
import dev.millrace.local.unpack.Platform;
import dev.millrace.local.unpack.Unpacked;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/** PostgreSQL as a part of the stack, with fsync on: what it has acknowledged survives a kill. */
public final class PostgresPart implements Part {

    public static final String USER = "millrace";

    private static final String DATABASE = "millrace";

    private static final Pattern SERIOUS = Pattern.compile(" (ERROR|FATAL|PANIC): ");
    private static final Pattern COMING_OR_GOING = Pattern.compile(
            "the database system is (starting up|shutting down|not yet accepting connections)|administrator command");

    private final Path tools;
    private final int port;
    private final Path directory;
    private final String password;
    private final Unprivileged identity;

    public PostgresPart(Path tools, int port, Path directory, String password) throws IOException {
        this(tools, port, directory, password, Unprivileged.ofThisProcess());
    }

    PostgresPart(Path tools, int port, Path directory, String password, Unprivileged identity) {
        this.tools = tools;
        this.port = port;
        this.directory = directory;
        this.password = password;
        this.identity = identity;
    }

    @Override
    public String name() {
        return "postgres";
    }

    public String jdbcUrl() {
        return url(DATABASE);
    }

    @Override
    public Command command() throws IOException {
        Path programs = Unpacked.archive(Platform.ofThisMachine().postgresArchive(), tools)
                .resolve("bin");
        Cluster cluster = new Cluster(directory, identity);
        cluster.create(programs, USER, password);
        cluster.forgetMistakenServer();
        List<String> arguments = List.of(
                "-D", directory.toString(),
                "-c", "listen_addresses=127.0.0.1",
                "-c", "port=" + port,
                "-c", "unix_socket_directories=",
                "-c", "max_connections=60",
                "-c", "log_min_messages=warning",
                "-c", "log_timezone=UTC",
                "-c", "timezone=UTC");
        return new Command(
                identity.prefix(), programs.resolve("postgres"), arguments, Map.of("LC_ALL", "C"), directory);
    }

    /** Ready means that the database is there; it is created the first time. */
    @Override
    public boolean isReady() throws IOException {
        if (!Sockets.accepts(port)) {
            return false;
        }
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            if (!statement
                    .executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")
                    .next()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public boolean isWorthShowing(String line) {
        return SERIOUS.matcher(line).find() && !COMING_OR_GOING.matcher(line).find();
    }

    /** Fast shutdown: connections are closed, everything is written. */
    @Override
    public String stopSignal() {
        return "INT";
    }

    @Override
    public Duration stopGrace() {
        return Duration.ofSeconds(15);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "10");
        return DriverManager.getConnection(url(database), properties);
    }
}
