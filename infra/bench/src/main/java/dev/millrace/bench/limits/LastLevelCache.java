package dev.millrace.bench.limits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The size of the largest cache, as Linux tells it. */
final class LastLevelCache {

    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    private LastLevelCache() {}

    /** 0 where the machine does not tell. */
    static long bytes() {
        try (Stream<Path> indices = Files.list(CACHES)) {
            List<Path> sizes = indices.map(index -> index.resolve("size"))
                    .filter(Files::isReadable)
                    .toList();
            long largest = 0;
            for (Path size : sizes) {
                largest = Math.max(largest, bytes(Files.readString(size).trim()));
            }
            return largest;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Reads {@code 32768K} or {@code 300M}. */
    static long bytes(String size) {
        int shift =
                switch (size.charAt(size.length() - 1)) {
                    case 'K' -> 10;
                    case 'M' -> 20;
                    case 'G' -> 30;
                    default -> 0;
                };
        return Long.parseLong(shift == 0 ? size : size.substring(0, size.length() - 1)) << shift;
    }
}
