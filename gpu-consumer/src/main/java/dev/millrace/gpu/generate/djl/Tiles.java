package dev.millrace.gpu.generate.djl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether oneDNN multiplies bfloat16 in tiles here. Tiles are what many rows want. A single row waits for each of them,
 * so that it wants the weights laid in another way.
 */
final class Tiles {

    /** Of how many weights a matrix has to be to be laid anew: smaller ones stay in the processor's cache. */
    private static final long WORTH_MOVING = 1 << 20;

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Tiles() {}

    /** Of how many weights a matrix has to be here, if there are tiles. */
    static OptionalLong worthMoving() {
        return used() ? OptionalLong.of(WORTH_MOVING) : OptionalLong.empty();
    }

    private static boolean used() {
        try {
            return Files.isReadable(PROCESSORS)
                    && used(Files.readString(PROCESSORS), System.getenv("ONEDNN_MAX_CPU_ISA"));
        } catch (IOException e) {
            return false;
        }
    }

    /** @param most up to what instructions oneDNN was told to go, if it was */
    static boolean used(String processors, @Nullable String most) {
        return processors.contains(" amx_bf16")
                && (most == null || most.toUpperCase(Locale.ROOT).matches("ALL|DEFAULT|.*AMX.*"));
    }
}
