package dev.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Models as a worker's configuration names them: {@code echo}, or {@code djl:NAME=DIRECTORY}. */
final class Models {

    static final String ECHO = "echo";

    private static final String DJL = "djl:";

    /** Without what ends a name in a worker's configuration, and without what would have to be escaped. */
    private static final Pattern NAME = Pattern.compile("[^@='\"\\\\\\p{Cntrl}]+");

    private Models() {}

    static String fromDirectory(String name, Path directory) {
        if (directory.toString().contains(",")) {
            throw new IllegalArgumentException("A model's directory cannot have a comma in its name: " + directory);
        }
        return DJL + name + "=" + directory.toAbsolutePath().normalize();
    }

    /** {@code echo} and what the checkout brings along. */
    static List<String> bundled(Path directory) throws IOException {
        List<String> models = new ArrayList<>(List.of(ECHO));
        if (Files.isDirectory(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                entries.filter(Models::isModel)
                        .sorted()
                        .map(entry -> fromDirectory(entry.getFileName().toString(), entry))
                        .forEach(models::add);
            }
        }
        return models;
    }

    /** The same as a user may name it: by its directory. */
    static String given(Path path) {
        Path directory = path.toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("model names a directory that "
                    + (Files.exists(directory) ? "is none: " : "is not there: ") + directory);
        }
        if (!isModel(directory)) {
            throw new IllegalArgumentException("model names a directory without a config.json: " + directory);
        }
        String name = directory.getFileName().toString();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A model is named after its directory, and a name has no @, = or quote: " + name);
        }
        return fromDirectory(name, directory);
    }

    /** What clients call it. */
    static String nameOf(String model) {
        return model.startsWith(DJL) ? model.substring(DJL.length(), model.indexOf('=')) : model;
    }

    private static boolean isModel(Path directory) {
        return Files.isRegularFile(directory.resolve("config.json"));
    }
}
