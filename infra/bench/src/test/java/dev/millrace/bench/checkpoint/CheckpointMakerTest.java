package dev.millrace.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.gpu.generate.djl.DjlTokenizer;
import dev.millrace.gpu.generate.djl.Draw;
import dev.millrace.gpu.generate.djl.Engine;
import dev.millrace.gpu.generate.djl.EngineOptions;
import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.generate.djl.Span;
import dev.millrace.gpu.generate.djl.Step;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointMakerTest {

    @Test
    void whatIsMadeCanBeOpened(@TempDir Path parent) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(CheckpointMaker.make(ModelShape.TINY, parent));

        assertThat(checkpoint.config().vocabulary()).isEqualTo(512);
        assertThat(checkpoint.vocabulary()).isEqualTo(500);
        assertThat(checkpoint.config().layers()).isEqualTo(2);
        assertThat(checkpoint.generation().endTokens()).containsExactly(499);
    }

    @Test
    void itsModelRunsAndStaysFinite(@TempDir Path parent) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(CheckpointMaker.make(ModelShape.TINY, parent));
        EngineOptions options = new EngineOptions("cpu", Precision.BFLOAT16, Quantization.NONE, 0, 16, 64, 1);

        try (Engine engine = Engine.open(checkpoint, options)) {
            float[] logits = engine.step(new Step(
                            List.of(new Span(new int[] {1, 2, 3}, 0, new int[] {0}, Span.Output.LOGITS)),
                            Draw.greedy()))
                    .logits();
            assertThat(logits).hasSize(3 * 512);
            for (float logit : logits) {
                assertThat(logit).isFinite();
            }
            assertThat(logits).isNotEqualTo(new float[3 * 512]);
        }
    }

    @Test
    void aTextHasAsManyTokensAsBytes(@TempDir Path parent) throws IOException {
        try (DjlTokenizer tokenizer = DjlTokenizer.load(CheckpointMaker.make(ModelShape.TINY, parent))) {
            int[] ids = tokenizer.encode("a b, ü\n", true);

            assertThat(ids).hasSize(8);
            assertThat(tokenizer.vocabulary().decode(ids, true)).isEqualTo("a b, ü\n");
            assertThat(tokenizer.vocabulary().size()).isEqualTo(500);
        }
    }

    @Test
    void theSameShapeIsMadeAlikeAndOnlyOnce(@TempDir Path parent) throws IOException {
        Path first = CheckpointMaker.make(ModelShape.TINY, parent.resolve("a"));
        Path second = CheckpointMaker.make(ModelShape.TINY, parent.resolve("b"));
        Path weights = first.resolve("model.safetensors");

        assertThat(Files.mismatch(weights, second.resolve("model.safetensors"))).isEqualTo(-1);
        Files.delete(weights);
        CheckpointMaker.make(ModelShape.TINY, parent.resolve("a"));
        assertThat(weights).doesNotExist();
    }
}
