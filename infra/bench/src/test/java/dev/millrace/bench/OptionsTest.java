package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.bench.checkpoint.ModelShape;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Whoever mistypes one is told what there is. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            scenario=warp           | scenario is 'warp', not one of [engine, gpu, steps]
            speed=11                | there is no option [speed]; there are [scenario, directory, peer, device,
            fast                    | 'fast' is not name=value; there are [scenario,
            threads=many            | threads is 'many', not a number
            threads=-1              | threads is '-1', not a number
            rounds=0                | rounds must be at least 1, not 0
            rounds=99999999999      | rounds is '99999999999', not a number
            shape=gpt               | not one of [qwen3-tiny, qwen3-0.6b, qwen3-8b]
            quantization=INT8,INT3  | quantization is 'INT3', not one of [none, int8, int4_32,
            decode=16               | decode is '16', not like 16x256
            decode=0x5              | decode is '0x5', not like 16x256
            prefill=512,            | prefill is '', not a number
            device=tpu              | device is 'tpu', not cpu, cuda or cuda:N
            """)
    void whatIsNotKnownIsToldWithWhatIs(String argument, String says) {
        assertThatThrownBy(() -> Options.of(new String[] {argument}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says)
                .hasMessageNotContaining("\n");
    }

    @Test
    void namesOfKindsMayBeWrittenEitherWay() {
        Options options = Options.of(new String[] {"scenario=STEPS", "quantization=int8,INT4_32"});

        assertThat(options.scenario()).isEqualTo(Options.Scenario.STEPS);
        assertThat(options.quantizations()).containsExactly(Quantization.INT8, Quantization.INT4_32);
    }
}
