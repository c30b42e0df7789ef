package dev.millrace.local.jvm;

import dev.millrace.local.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One process at a time that runs a Java program, quicker after its first run. */
public final class JavaProcess {

    /** What the JVM answers to SIGTERM after everything has been closed. */
    private static final int TERMINATED = 128 + 15;

    /** A thread that died of it would leave half a program behind; a whole one is soon started again. */
    private static final String END_WITHOUT_MEMORY = "-XX:+ExitOnOutOfMemoryError";

    /** Libraries bring natives along; JVMs from 24 on warn of it, and older ones start a little slower where it is said. */
    private static final String NATIVES = "--enable-native-access=ALL-UNNAMED";

    private static final int WARNS_OF_NATIVES = 24;

    private static final Duration ARCHIVE_GRACE = Duration.ofSeconds(30);

    private final JavaProgram program;
    private final String name;
    private final Path archives;
    private final Path temp;
    private final boolean writesArchive;
    private @Nullable ClassArchive archive;

    /**
     * @param archives what makes its next start quicker
     * @param temp what it needs for a while, emptied at each start
     * @param writesArchive whether it makes one where there is none
     */
    public JavaProcess(JavaProgram program, String name, Path archives, Path temp, boolean writesArchive) {
        this.program = program;
        this.name = name;
        this.archives = archives;
        this.temp = temp;
        this.writesArchive = writesArchive;
    }

    public Command command(List<String> arguments, Map<String, String> environment, Path directory) throws IOException {
        List<String> line = new ArrayList<>();
        line.add("-Xmx" + program.heapMegabytes() + "m");
        line.add(END_WITHOUT_MEMORY);
        if (Runtime.version().feature() >= WARNS_OF_NATIVES) {
            line.add(NATIVES);
        }
        line.addAll(program.flags());
        line.add("-Djava.io.tmpdir=" + TempFolder.empty(temp));
        // Directories of classes cannot be archived.
        if (program.classpath().entries().stream().noneMatch(Files::isDirectory)) {
            ClassArchive present =
                    ClassArchive.of(archives, program.mainClass(), program.classpath(), program.flags(), name);
            if (writesArchive || !present.isToBeWritten()) {
                archive = present;
                line.addAll(present.flags());
            }
        }
        line.addAll(List.of("-cp", program.classpath().toString(), program.mainClass()));
        line.addAll(arguments);
        return new Command(java(), line, environment, directory);
    }

    /** How long it may take to end: longer when it writes its archive. */
    public Duration stopGrace(Duration otherwise) {
        return endsSlowly() ? otherwise.plus(ARCHIVE_GRACE) : otherwise;
    }

    /** Whether it will write its archive when it ends. */
    public boolean endsSlowly() {
        ClassArchive present = archive;
        return present != null && present.isToBeWritten();
    }

    /** To be told how the process ended. */
    public void ended(int exitCode) throws IOException {
        ClassArchive finished = archive;
        if (finished != null && (exitCode == 0 || exitCode == TERMINATED)) {
            finished.keep();
        } else if (finished != null) {
            finished.discard();
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
