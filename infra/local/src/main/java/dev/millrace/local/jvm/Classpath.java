package dev.millrace.local.jvm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The jars that a Java process is started with. */
public record Classpath(List<Path> entries) {

    private static final String WRITTEN_BY_BUILD = "target/runtime.classpath";

    public Classpath {
        entries = List.copyOf(entries);
    }

    /** A module's own jar and what the build found that it needs. */
    public static Classpath ofModule(Path module) throws IOException {
        Path written = module.resolve(WRITTEN_BY_BUILD);
        if (!Files.exists(written)) {
            throw new IOException(module + " is not built (" + written + " is missing): run mvn package first");
        }
        List<Path> entries = new ArrayList<>();
        entries.add(jar(module));
        Stream.of(Files.readString(written).strip().split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .forEach(entries::add);
        return new Classpath(entries);
    }

    public static boolean isBuilt(Path module) throws IOException {
        return Files.exists(module.resolve(WRITTEN_BY_BUILD)) && !jars(module).isEmpty();
    }

    /** What this JVM itself was started with. */
    public static Classpath ofThisProcess() {
        return new Classpath(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList());
    }

    @Override
    public String toString() {
        return String.join(
                File.pathSeparator, entries.stream().map(Path::toString).toList());
    }

    private static Path jar(Path module) throws IOException {
        List<Path> jars = jars(module);
        if (jars.size() != 1) {
            throw new IOException("Expected one jar in " + module.resolve("target") + " but found " + jars);
        }
        return jars.get(0);
    }

    private static List<Path> jars(Path module) throws IOException {
        String name = module.getFileName() + "-";
        try (Stream<Path> files = Files.list(module.resolve("target"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(name))
                    .filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> !file.toString().matches(".*-(sources|javadoc|tests|test-sources)\\.jar"))
                    .toList();
        }
    }
}
