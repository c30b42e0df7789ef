package dev.millrace.local.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessTest {

    private static final int OUT_OF_MEMORY = 3;

    @Test
    void aProgramWithoutMemoryEndsWhateverItsThreadsMakeOfIt(@TempDir Path directory) throws Exception {
        JavaProgram program =
                new JavaProgram(Hungry.class.getName(), Classpath.ofThisProcess(), 32, List.of("-XX:+UseSerialGC"));
        Command command = new JavaProcess(program, "hungry", directory, directory.resolve("tmp"), true)
                .command(List.of(), Map.of(), directory);
        List<String> line = new ArrayList<>(List.of(command.program().toString()));
        line.addAll(command.arguments());
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(OUT_OF_MEMORY);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatAKilledProcessLeftInItsTempFolderIsGoneAtTheNextStart(@TempDir Path directory) throws Exception {
        JavaProgram program = new JavaProgram(Hungry.class.getName(), Classpath.ofThisProcess(), 32, List.of());
        Path temp = directory.resolve("t m p");
        JavaProcess process = new JavaProcess(program, "hungry", directory, temp, true);
        process.command(List.of(), Map.of(), directory);
        Files.createDirectories(temp.resolve("native/deep"));
        Files.writeString(temp.resolve("native/deep/library.so"), "x");
        Files.createSymbolicLink(temp.resolve("elsewhere"), Files.createDirectory(directory.resolve("kept")));
        Files.writeString(directory.resolve("kept/file"), "x");

        Command command = process.command(List.of(), Map.of(), directory);

        assertThat(command.arguments()).contains("-Djava.io.tmpdir=" + temp);
        assertThat(temp).isEmptyDirectory();
        assertThat(directory.resolve("kept/file")).exists();
    }

    @Test
    void oneThatWritesNoArchiveUsesWhatOthersWrite(@TempDir Path directory) throws Exception {
        Path jar = Files.writeString(directory.resolve("program.jar"), "one");
        JavaProgram program = new JavaProgram("dev.some.Main", new Classpath(List.of(jar)), 32, List.of());
        Path archives = directory.resolve("archives");
        JavaProcess modest = new JavaProcess(program, "modest", archives, directory.resolve("tmp"), false);
        assertThat(modest.command(List.of(), Map.of(), directory).arguments()).noneMatch(JavaProcessTest::isOfArchive);
        assertThat(modest.endsSlowly()).isFalse();

        ClassArchive written =
                ClassArchive.of(archives, program.mainClass(), program.classpath(), program.flags(), "another");
        String flag = written.flags().get(0);
        Files.writeString(Path.of(flag.substring(flag.indexOf('=') + 1)), "classes");
        written.keep();

        assertThat(modest.command(List.of(), Map.of(), directory).arguments())
                .filteredOn(JavaProcessTest::isOfArchive)
                .singleElement()
                .asString()
                .startsWith("-XX:SharedArchiveFile=");
    }

    private static boolean isOfArchive(String argument) {
        return argument.startsWith("-XX:ArchiveClassesAtExit=") || argument.startsWith("-XX:SharedArchiveFile=");
    }

    /** Lives on without the thread that ran out of memory, as a service would. */
    static final class Hungry {

        private Hungry() {}

        public static void main(String[] arguments) throws InterruptedException {
            Thread eater = new Thread(() -> {
                List<long[]> eaten = new ArrayList<>();
                while (eaten.add(new long[1 << 20])) {}
            });
            eater.start();
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }
}
