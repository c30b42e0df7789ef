package dev.millrace.gpu.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Rope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What published checkpoints look like, and what of it a model is made of. */
class CheckpointTest {

    @Test
    void leavesOutWhatIsCarriedBesideATiedModel(@TempDir Path directory) {
        Draft.of("qwen3", directory)
                .addTensor(Draft.WEIGHTS, "lm_head.weight", "BF16", 2, List.of(512, 64))
                .addTensor(Draft.WEIGHTS, "model.layers.0.self_attn.rotary_emb.inv_freq", "F32", 4, List.of(16));

        Checkpoint checkpoint = Checkpoint.open(directory);

        assertThat(checkpoint.tensors()).containsKey("embed_tokens.weight").doesNotContainKey("lm_head.weight");
        assertThat(checkpoint.tensors().keySet()).noneMatch(name -> name.contains("inv_freq"));
    }

    @Test
    void leavesOutThePredictionLayersOfDeepSeekV3(@TempDir Path directory) {
        Draft.of("deepseek-v3", directory)
                .addTensor(Draft.WEIGHTS, "model.layers.4.eh_proj.weight", "BF16", 2, List.of(64, 128))
                .addTensor(Draft.WEIGHTS, "model.layers.4.shared_head.norm.weight", "BF16", 2, List.of(64));

        assertThat(Checkpoint.open(directory).tensors().keySet()).noneMatch(name -> name.startsWith("layers.4."));
    }

    @Test
    void takesNamesWithoutTheirPrefix(@TempDir Path directory) {
        Draft draft = Draft.of("qwen3", directory);
        String header = draft.header(Draft.WEIGHTS).toString().replace("\"model.", "\"");

        draft.rawHeader(Draft.WEIGHTS, header);

        assertThat(Checkpoint.open(directory).tensors()).containsKey("norm.weight");
    }

    @Test
    void countsTheTokenizersIdsAndTheModelsWeights(@TempDir Path directory) {
        Draft.of("qwen3", directory);

        Checkpoint checkpoint = Checkpoint.open(directory);

        assertThat(checkpoint.vocabulary()).isEqualTo(512);
        assertThat(checkpoint.config().vocabulary()).isEqualTo(512);
        assertThat(checkpoint.parameters()).isEqualTo(199_296);
    }

    @Test
    void readsRopeInItsOldAndItsNewSpelling(@TempDir Path directory) {
        Rope old = Checkpoint.open(Draft.of("qwen2-yarn", directory).directory)
                .config()
                .rope();

        Draft.at(directory).config(node -> {
            ObjectNode parameters = (ObjectNode) node.remove("rope_scaling");
            parameters.set("rope_type", parameters.remove("type"));
            parameters.set("rope_theta", node.remove("rope_theta"));
            node.set("rope_parameters", parameters);
        });

        assertThat(Checkpoint.open(directory).config().rope()).isEqualTo(old);
    }

    @Test
    void olderRopeSettingsGoBeforeNewerOnes(@TempDir Path directory) {
        Draft.of("qwen3", directory).config(node -> {
            node.putObject("rope_scaling").put("type", "linear").put("factor", 4);
            node.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", 5);
        });

        Rope rope = Checkpoint.open(directory).config().rope();

        assertThat(rope.kind()).isEqualTo(Rope.Kind.LINEAR);
        assertThat(rope.theta()).isEqualTo(1_000_000);
        Draft.at(directory).config(node -> node.putObject("rope_scaling"));
        assertThat(Checkpoint.open(directory).config().rope().theta()).isEqualTo(5);
    }

    @Test
    void takesTheContextBeforeYarnFromWhereverItIsSaid(@TempDir Path directory) {
        Draft draft = Draft.of("qwen2-yarn", directory);
        assertThat(Checkpoint.open(directory).config().rope().original()).isEqualTo(64);

        draft.config(node -> node.put("original_max_position_embeddings", 128));
        assertThat(Checkpoint.open(directory).config().rope().original()).isEqualTo(128);

        draft.config(node -> {
            node.remove("original_max_position_embeddings");
            ((ObjectNode) node.get("rope_scaling")).remove("original_max_position_embeddings");
        });
        assertThat(Checkpoint.open(directory).config().rope().original()).isEqualTo(256);
    }

    @Test
    void takesAWindowThatNoLayerHas(@TempDir Path directory) {
        Draft.of("qwen3", directory).config(node -> node.put("use_sliding_window", true)
                .put("sliding_window", 64)
                .put("max_window_layers", 99));

        assertThat(Checkpoint.open(directory).config().layers()).isEqualTo(3);
    }

    @Test
    void takesAWindowThatIsSwitchedOffWhateverElseIsSaidOfIt(@TempDir Path directory) {
        Draft.of("qwen3", directory)
                .config(node -> node.put("sliding_window", 64).put("max_window_layers", 0));

        assertThat(Checkpoint.open(directory).config().layers()).isEqualTo(3);
    }

    @Test
    void readsSamplingDefaultsAndEndTokens(@TempDir Path directory) {
        GenerationDefaults defaults =
                Checkpoint.open(Draft.of("qwen3", directory).directory).generation();

        assertThat(defaults.endTokens()).containsExactly(505);
        assertThat(defaults.sample()).isTrue();
        assertThat(defaults.temperature()).isEqualTo(0.7);
        assertThat(defaults.topK()).isEqualTo(20);
        assertThat(defaults.minP()).isNull();
    }

    @Test
    void takesEndTokensFromTheConfigWhereNothingElseNamesThem(@TempDir Path directory) {
        Draft.of("qwen3", directory).delete("generation_config.json");

        assertThat(Checkpoint.open(directory).generation().endTokens()).containsExactly(505);
    }
}
