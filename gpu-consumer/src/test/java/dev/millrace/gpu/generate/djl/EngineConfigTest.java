package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import io.micronaut.context.ApplicationContext;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineConfigTest {

    private static EngineConfig from(Map<String, Object> settings) {
        try (ApplicationContext context = ApplicationContext.run(settings)) {
            return context.getBean(EngineConfig.class);
        }
    }

    @Test
    void defaultsStandWhereNothingIsSaid() {
        assertThat(from(Map.of()))
                .isEqualTo(new EngineConfig(
                        "cpu", Precision.BFLOAT16, Quantization.NONE, 0, 16, 32768, 0, 32, 256, 512, 2, Pooling.LAST));
    }

    @Test
    void aGpuHasLargerDefaultsAndItsMemoryDecidesOnTheCache() {
        assertThat(from(Map.of("millrace.engine.device", "cuda")))
                .isEqualTo(new EngineConfig(
                        "cuda", Precision.BFLOAT16, Quantization.NONE, 0, 16, 0, 0, 256, 2048, 4096, 2, Pooling.LAST));
    }

    @Test
    void whatMayWaitFollowsTheBatch() {
        assertThat(from(Map.of("millrace.engine.max-batch", 64)).maxHeld()).isEqualTo(512);
    }

    @Test
    void everySettingIsRead() {
        Map<String, Object> settings = Map.ofEntries(
                Map.entry("millrace.engine.device", "cuda:1"),
                Map.entry("millrace.engine.precision", "float32"),
                Map.entry("millrace.engine.quantization", "int4-64"),
                Map.entry("millrace.engine.context-tokens", 100),
                Map.entry("millrace.engine.block-tokens", 8),
                Map.entry("millrace.engine.cache-tokens", 800),
                Map.entry("millrace.engine.threads", 1),
                Map.entry("millrace.engine.max-batch", 3),
                Map.entry("millrace.engine.max-held", 5),
                Map.entry("millrace.engine.prefill-tokens", 64),
                Map.entry("millrace.engine.preparing-threads", 4),
                Map.entry("millrace.engine.pooling", "mean"));
        assertThat(from(settings))
                .isEqualTo(new EngineConfig(
                        "cuda:1", Precision.FLOAT32, Quantization.INT4_64, 100, 8, 800, 1, 3, 5, 64, 4, Pooling.MEAN));
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 16, 1, 1, 2, 1, 1, context-tokens",
        "0, 0, 1, 1, 2, 1, 1, block-tokens",
        "0, 16, -1, 1, 2, 1, 1, cache-tokens",
        "0, 16, 1, -1, 2, 1, 1, max-batch",
        "0, 16, 1, 1, -1, 1, 1, max-held",
        "0, 16, 1, 3, 2, 1, 1, max-held",
        "0, 16, 1, 1, 2, -1, 1, prefill-tokens",
        "0, 16, 1, 1, 2, 1, 0, preparing-threads",
    })
    void whatCannotBeIsRefusedByName(
            int context, int block, long cache, int batch, int held, int prefill, int preparing, String name) {
        assertThatThrownBy(() -> new EngineConfig(
                        "cpu",
                        Precision.BFLOAT16,
                        Quantization.NONE,
                        context,
                        block,
                        cache,
                        0,
                        batch,
                        held,
                        prefill,
                        preparing,
                        Pooling.LAST))
                .hasMessageContaining("millrace.engine." + name);
    }
}
