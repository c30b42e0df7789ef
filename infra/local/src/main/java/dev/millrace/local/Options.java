package dev.millrace.local;

import dev.millrace.local.service.Service;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
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

    private static final Set<String> NAMES = Set.of("port", "data", "workers", "model", "kafka", "postgres", "redis");
    private static final int DEFAULT_PORT = 8080;
    private static final Pattern KAFKA = Pattern.compile("[^\\s,]+:\\d+(\\s*,\\s*[^\\s,]+:\\d+)*");
    private static final Pattern REDIS = Pattern.compile("rediss?://\\S+");

    private final Properties file;
    private final Properties commandLine;

    private Options(Properties file, Properties commandLine) {
        this.file = file;
        this.commandLine = commandLine;
    }

    static Options read(Properties commandLine) throws IOException {
        Properties file = new Properties();
        String config = commandLine.getProperty(CONFIG);
        if (config != null) {
            if (!Files.isReadable(Path.of(config))) {
                throw new IllegalArgumentException(CONFIG + " names a file that cannot be read: " + config);
            }
            try (Reader reader = Files.newBufferedReader(Path.of(config))) {
                file.load(reader);
            }
        }
        Set<String> unknown = new TreeSet<>(file.stringPropertyNames());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    CONFIG + " has settings that do not exist: " + unknown + "; there are " + new TreeSet<>(NAMES));
        }
        return new Options(file, commandLine);
    }

    StackSettings settings(Checkout checkout) throws IOException {
        String data = value("data");
        int port = number("port", DEFAULT_PORT);
        if (port == 0) {
            throw new IllegalArgumentException("port must be between 1 and 65535, not 0");
        }
        return new StackSettings(
                checkout,
                data == null ? checkout.defaultData() : Path.of(data),
                port,
                EnumSet.allOf(Infrastructure.class),
                EnumSet.allOf(Service.class),
                number("workers", 1),
                models(checkout),
                external(),
                Map.of(),
                List.of());
    }

    private List<String> models(Checkout checkout) throws IOException {
        List<String> models = new ArrayList<>(Models.bundled(checkout.bundledModels()));
        String given = value("model");
        if (given != null) {
            for (String directory : given.split(",", -1)) {
                models.add(Models.given(directory.strip()));
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
        return new StackSettings.External(
                matching("kafka", KAFKA, "host:9092, or several of them, comma separated"),
                postgres == null ? null : ExternalPostgres.parse(postgres),
                matching("redis", REDIS, "redis://host:6379"));
    }

    private @Nullable String matching(String name, Pattern pattern, String example) {
        String value = value(name);
        if (value != null && !pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(name + " must look like " + example + ", not '" + value + "'");
        }
        return value;
    }

    private int number(String name, int otherwise) {
        String value = value(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number, not '" + value + "'");
        }
    }

    /** An empty value is as good as none. */
    private @Nullable String value(String name) {
        String value = commandLine.getProperty(name, file.getProperty(name));
        return value == null || value.isBlank() ? null : value.strip();
    }
}
