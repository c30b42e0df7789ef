package dev.millrace.local;

import dev.millrace.local.service.Service;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a person may choose for {@code mvn -Pup}: as {@code -Dname=value}, or as lines of the properties file that
 * {@code -Dconfig=} names. What is said on the command line counts.
 */
final class Options {

    static final String CONFIG = "config";
    static final Set<String> NAMES = Set.of("port", "data", "workers", "model", "kafka", "postgres", "redis");

    private static final int DEFAULT_PORT = 8080;
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,8}");
    private static final Pattern KAFKA = Pattern.compile("[^\\s,/]+:\\d{1,5}(\\s*,\\s*[^\\s,/]+:\\d{1,5})*");
    private static final Pattern REDIS_DATABASE = Pattern.compile("(/\\d{0,6})?");
    private static final Set<String> REDIS = Set.of("redis", "rediss");

    private final Properties file;
    private final Properties commandLine;

    private Options(Properties file, Properties commandLine) {
        this.file = file;
        this.commandLine = commandLine;
    }

    static Options read(Properties commandLine) throws IOException {
        Properties file = new Properties();
        String config = commandLine.getProperty(CONFIG);
        if (config != null && !config.isBlank()) {
            load(file, path(CONFIG, config.strip()));
        }
        Set<String> unknown = new TreeSet<>(file.stringPropertyNames());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    CONFIG + " has settings that do not exist: " + unknown + "; there are " + new TreeSet<>(NAMES));
        }
        return new Options(file, commandLine);
    }

    private static void load(Properties properties, Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(CONFIG + " names a file that cannot be read: " + file, e);
        }
    }

    StackSettings settings(Checkout checkout) throws IOException {
        String data = value("data");
        return new StackSettings(
                checkout,
                data == null ? checkout.defaultData() : path("data", data),
                number("port", DEFAULT_PORT, StackSettings.LAST_PORT),
                EnumSet.allOf(Infrastructure.class),
                EnumSet.allOf(Service.class),
                number("workers", 1, StackSettings.MOST_WORKERS),
                models(checkout),
                external(),
                Map.of(),
                List.of(),
                true);
    }

    private List<String> models(Checkout checkout) throws IOException {
        List<String> models = new ArrayList<>(Models.bundled(checkout.bundledModels()));
        String given = value("model");
        if (given != null) {
            for (String directory : given.split(",", -1)) {
                if (!directory.isBlank()) {
                    models.add(Models.given(path("model", directory.strip())));
                }
            }
        }
        Set<String> names = new TreeSet<>();
        for (String model : models) {
            if (!names.add(Models.nameOf(model))) {
                throw new IllegalArgumentException("Two models are named " + Models.nameOf(model));
            }
        }
        return models;
    }

    private StackSettings.External external() {
        String postgres = value("postgres");
        return new StackSettings.External(kafka(), postgres == null ? null : ExternalPostgres.parse(postgres), redis());
    }

    private @Nullable String kafka() {
        String value = value("kafka");
        if (value != null && !KAFKA.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "kafka must look like host:9092, or several of them, comma separated, not '" + value + "'");
        }
        return value;
    }

    private @Nullable String redis() {
        String value = value("redis");
        if (value != null && !isRedis(value)) {
            // Without what was given, which may have a password in it.
            throw new IllegalArgumentException(
                    "redis must look like redis://host:6379, or redis://host:6379/1 with the number of a database");
        }
        return value;
    }

    private static boolean isRedis(String value) {
        try {
            URI uri = new URI(value);
            return REDIS.contains(String.valueOf(uri.getScheme()))
                    && uri.getHost() != null
                    && REDIS_DATABASE.matcher(uri.getPath()).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private int number(String name, int otherwise, int most) {
        String value = value(name);
        if (value == null) {
            return otherwise;
        }
        if (!NUMBER.matcher(value).matches() || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(
                    name + " must be a number between 1 and " + most + ", not '" + value + "'");
        }
        return Integer.parseInt(value);
    }

    /** No shell knows that a path begins behind the {@code =} of an option. */
    private static Path path(String name, String value) {
        try {
            return value.equals("~") || value.startsWith("~/")
                    ? Path.of(System.getProperty("user.home"), value.substring(1))
                    : Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    name + " names no path that this JVM can write (" + e.getReason()
                            + "); letters beyond ASCII need a locale that has them, such as LC_ALL=C.UTF-8",
                    e);
        }
    }

    /** An empty value is as good as none. */
    private @Nullable String value(String name) {
        String value = commandLine.getProperty(name, file.getProperty(name));
        return value == null || value.isBlank() ? null : value.strip();
    }
}
