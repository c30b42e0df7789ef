package dev.millrace.local.jvm;

import java.util.List;

/** A main class with all that its JVM needs to be told. */
public record JavaProgram(String mainClass, Classpath classpath, int heapMegabytes, List<String> flags) {

    public JavaProgram {
        flags = List.copyOf(flags);
    }
}
