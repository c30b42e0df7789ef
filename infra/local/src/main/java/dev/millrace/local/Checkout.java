package dev.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The checkout that everything is started from. */
public record Checkout(Path root) {

    /** Set by the build; without it the checkout is looked for above the working directory. */
    private static final String ROOT_PROPERTY = "millrace.root";

    public static Checkout find() throws IOException {
        String given = System.getProperty(ROOT_PROPERTY);
        if (given != null) {
            return new Checkout(Path.of(given).toRealPath());
        }
        @Nullable Path directory = Path.of("").toAbsolutePath();
        while (directory != null) {
            if (Files.isRegularFile(directory.resolve("infra/local/pom.xml"))) {
                return new Checkout(directory.toRealPath());
            }
            directory = directory.getParent();
        }
        throw new IOException("There is no Millrace checkout around "
                + Path.of("").toAbsolutePath() + ": start it there or name it with -D" + ROOT_PROPERTY);
    }

    public Path module(String path) {
        return root.resolve(path);
    }

    /** Programs, copies of jars and class archives, which a checkout's stacks share; gone with {@code mvn clean}. */
    public Path tools() {
        return root.resolve("infra/local/target/tools");
    }

    Path defaultData() {
        return root.resolve(".millrace");
    }

    Path bundledModels() {
        return root.resolve("gpu-consumer/src/main/models");
    }
}
