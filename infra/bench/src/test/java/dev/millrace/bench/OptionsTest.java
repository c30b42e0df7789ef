package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void nothingSaidIsTheEngineOnTheProcessor() {
        Options options = Options.of(new String[] {"scenario=", "peer=", ""});

        assertThat(options.scenario()).isEqualTo(Options.Scenario.ENGINE);
        assertThat(options.peer()).isNull();
        assertThat(options.device()).isEqualTo("cpu");
        assertThat(options.shape()).isEqualTo(ModelShape.SMALL);
    }

    @Test
    void everythingCanBeSaid() {
        Options options = Options.of(new String[] {
            "scenario=steps",
            "directory=/a d",
            "peer=/a p",
            "device=cuda:1 threads=3 shape=qwen3-8b quantization=INT8 decode=1x2,3x5+4 prefill=none rounds=5"
        });

        assertThat(options.scenario()).isEqualTo(Options.Scenario.STEPS);
        assertThat(options.directory()).hasToString("/a d");
        assertThat(options.peer()).hasToString("/a p");
        assertThat(options.device()).isEqualTo("cuda:1");
        assertThat(options.threads()).isEqualTo(3);
        assertThat(options.shape()).isEqualTo(ModelShape.LARGE);
        assertThat(options.quantizations()).containsExactly(Quantization.INT8);
        assertThat(options.decodes()).containsExactly(new Options.Decode(1, 0, 2), new Options.Decode(3, 5, 4));
        assertThat(options.prefills()).isEmpty();
        assertThat(options.rounds()).isEqualTo(5);
    }

    @Test
    void unknownNamesAndBareWordsAreRefused() {
        assertThatThrownBy(() -> Options.of(new String[] {"speed=11"})).hasMessageContaining("speed");
        assertThatThrownBy(() -> Options.of(new String[] {"fast"})).hasMessageContaining("fast");
        assertThatThrownBy(() -> Options.of(new String[] {"rounds=0"})).hasMessageContaining("rounds");
    }
}
