package dev.millrace.gpu.generate.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheSizeTest {

    private static final Path CHECKPOINTS = Path.of("src/test/resources/goldens/checkpoints");

    /** 100,000 bytes, of which 85 % may be used, 15,000 for weights: 70,000 are left for tokens of 100 bytes. */
    @Test
    void fillsTheShareOfMemoryThatWeightsLeave() {
        assertThat(CacheSize.tokens(100_000, 15_000, 100, 1_000_000)).isEqualTo(700);
    }

    @Test
    void isNoLargerThanWhatTheLargestBatchCouldUse() {
        assertThat(CacheSize.tokens(100_000, 15_000, 100, 512)).isEqualTo(512);
    }

    @Test
    void isNothingWhereWeightsLeaveNothing() {
        assertThat(CacheSize.tokens(100_000, 90_000, 100, 512)).isZero();
    }

    @Test
    void anEngineOpensWithTheCacheThatSuitsItsDevice() {
        EngineConfig config = new EngineConfig(
                GoldenRun.DEVICE, Precision.FLOAT32, Quantization.NONE, 0, 16, 0, 0, 0, 0, 0, 2, Pooling.LAST);
        Checkpoint checkpoint = Checkpoint.open(CHECKPOINTS.resolve("qwen3"));
        long everything = 256L * checkpoint.config().contextTokens();

        try (Engine engine = Engine.open(checkpoint, config.options(checkpoint))) {
            assertThat(engine.shape().blocks() * 16L).isEqualTo(GoldenRun.DEVICE.equals("cpu") ? 32_768 : everything);
        }
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedByNameBeforeItsMemoryIsAsked() {
        EngineConfig config = new EngineConfig(
                "cuda:77", Precision.FLOAT32, Quantization.NONE, 0, 16, 0, 0, 0, 0, 0, 2, Pooling.LAST);
        Checkpoint checkpoint = Checkpoint.open(CHECKPOINTS.resolve("qwen3"));

        assertThatThrownBy(() -> config.options(checkpoint)).hasMessageContaining("device is cuda:77");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "deepseek-v3"})
    void countsTheBytesThatAnEngineTakes(String golden) {
        try (Engine engine = GoldenRun.open(CHECKPOINTS.resolve(golden), Precision.FLOAT32, Quantization.NONE, 512)) {
            long token = CacheSize.bytesOfToken(
                    Checkpoint.open(CHECKPOINTS.resolve(golden)).config(), Precision.FLOAT32);
            assertThat(engine.shape().cacheBytes()).isEqualTo(512 * token);
        }
    }
}
