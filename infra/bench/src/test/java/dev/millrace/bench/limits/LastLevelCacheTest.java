package dev.millrace.bench.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastLevelCacheTest {

    @ParameterizedTest
    @CsvSource({"32768K, 33554432", "300M, 314572800", "512, 512"})
    void sizesAreReadAsLinuxWritesThem(String text, long bytes) {
        assertThat(LastLevelCache.bytes(text)).isEqualTo(bytes);
    }
}
