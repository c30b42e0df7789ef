package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilesTest {

    private static final String WITH = "flags\t\t: fpu avx512_bf16 amx_bf16 amx_tile amx_int8\n";
    private static final String WITHOUT = "flags\t\t: fpu avx2 avx512f avx512_bf16\n";

    @Test
    void areUsedWhereTheProcessorHasThem() {
        assertThat(Tiles.used(WITH, null)).isTrue();
        assertThat(Tiles.used(WITHOUT, null)).isFalse();
        assertThat(Tiles.used("", null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AVX2", "AVX512_CORE_BF16", "avx512_core_fp16"})
    void areNotUsedWhereOneDnnIsToldNotTo(String most) {
        assertThat(Tiles.used(WITH, most)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ALL", "default", "AVX512_CORE_AMX", "AVX10_1_512_AMX_FP16"})
    void areUsedWhereOneDnnMayGoSoFar(String most) {
        assertThat(Tiles.used(WITH, most)).isTrue();
    }
}
