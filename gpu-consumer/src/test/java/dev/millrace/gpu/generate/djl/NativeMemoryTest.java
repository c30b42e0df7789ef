package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int PIECES = 4000;
    private static final int PIECE_BYTES = 32 * 1024;

    /** Small pieces with one in use above them: the C library keeps all of these, unless it is told not to. */
    @Test
    void givesBackWhatIsFree() throws IOException {
        assumeTrue(Files.exists(STATUS), "needs /proc, as Linux has it");
        List<Memory> pieces = new ArrayList<>();
        for (int i = 0; i < PIECES; i++) {
            Memory piece = new Memory(PIECE_BYTES);
            piece.clear();
            pieces.add(piece);
        }
        long fullKib = residentKib();
        try (Memory last = pieces.remove(PIECES - 1)) {
            pieces.forEach(Memory::close);
            NativeMemory.giveBack();

            assertThat(fullKib - residentKib()).isGreaterThan(PIECES * (PIECE_BYTES / 1024L) / 2);
            assertThat(last.size()).isEqualTo(PIECE_BYTES);
        }
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
