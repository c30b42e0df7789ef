package dev.millrace.local.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.process.Command;
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
        Command command = new JavaProcess(program, "hungry", directory).command(List.of(), Map.of(), directory);
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
