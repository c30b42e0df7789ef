package dev.millrace.local.jvm;

import dev.millrace.local.process.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A main class with all that its JVM needs to be told. */
public record JavaProgram(String mainClass, Classpath classpath, int heapMegabytes, List<String> flags) {

    public JavaProgram {
        flags = List.copyOf(flags);
    }

    public Command command(List<String> arguments, Map<String, String> environment, Path directory) {
        List<String> line = new ArrayList<>();
        line.add("-Xmx" + heapMegabytes + "m");
        line.addAll(flags);
        line.addAll(List.of("-cp", classpath.toString(), mainClass));
        line.addAll(arguments);
        return new Command(java(), line, environment, directory);
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
