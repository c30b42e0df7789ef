package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchTest {

    @Test
    void tellsMklWhatToMultiplyWithUnlessSomebodyHas() {
        assumeTrue(Platform.isLinux(), "needs the C library of Linux");
        Torch.start();

        String before = System.getenv(Torch.INSTRUCTIONS);
        assertThat(inEnvironment(Torch.INSTRUCTIONS)).isEqualTo(before == null ? "AVX512_E3" : before);
    }

    /** Whether the machine has any left is not ours to say: what lies between may be asked for and not be given. */
    @Test
    void largePagesAreAskedForWhereThereAreSome() throws IOException {
        Path pages = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        assumeTrue(Files.exists(pages) && !Files.readString(pages).contains("[never]"), "needs large pages");

        try (Engine engine =
                GoldenRun.open(Path.of("src/main/models/qwen3-demo"), Precision.FLOAT32, Quantization.NONE, 32_768)) {
            assertThat(bytesAskedToLieInLargePages())
                    .isGreaterThan(engine.shape().cacheBytes());
        }
    }

    private static long bytesAskedToLieInLargePages() throws IOException {
        long sum = 0;
        long size = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.startsWith("Size:")) {
                size = Long.parseLong(line.replaceAll("\\D", "")) << 10;
            } else if (line.startsWith("VmFlags:") && line.contains(" hg")) {
                sum += size;
            }
        }
        return sum;
    }

    @Test
    void fewKernelsAreKeptUnlessTheEnvironmentSaysHowMany() {
        String before = System.getenv(Torch.KERNELS);
        Torch.start();
        assertThat(inEnvironment(Torch.KERNELS)).isEqualTo(before == null ? "256" : before);
    }

    @Test
    void threadsWaitBrieflyForEachOtherUnlessTheEnvironmentSaysHow() {
        assumeTrue(Platform.isLinux(), "needs the C library of Linux");
        String before = System.getenv(Torch.PATIENCE);
        String other = System.getenv("OMP_WAIT_POLICY");
        Torch.start();
        assertThat(inEnvironment(Torch.PATIENCE)).isEqualTo(before == null && other == null ? "2000" : before);
    }

    private static String inEnvironment(String name) {
        return Function.getFunction("c", "getenv").invokeString(new Object[] {name}, false);
    }

    @ParameterizedTest
    @CsvSource({"2.7.1, false", "2.8.0, true", "2.11.0, true", "3.0.0, true", "1.13.1, false", "2.8.0-precxx11, true"})
    void tellsVersionsApartByNumber(String version, boolean expected) {
        assertThat(Torch.isAtLeast(2, 8, version)).isEqualTo(expected);
    }
}
