package dev.millrace.gpu.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Mixture;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Rope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

    /** A change that a published config has beside what the reference cases have, and that makes no other model. */
    private enum Published {
        DTYPE_FOR_TORCH_DTYPE("qwen3", node -> node.put("dtype", "bfloat16").remove("torch_dtype")),
        NO_DTYPE("qwen2-tied", node -> node.remove(List.of("torch_dtype", "dtype"))),
        ROPE_TYPE_DEFAULT("qwen3", node -> node.putObject("rope_scaling").put("type", "default")),
        ROPE_SCALING_NULL("qwen3", node -> node.putNull("rope_scaling")),
        ROPE_PARAMETERS("qwen3", node -> node.putObject("rope_parameters")
                .put("rope_type", "default")
                .set("rope_theta", node.remove("rope_theta"))),
        UNTIED_BY_DEFAULT("qwen2-untied-sharded", node -> node.remove("tie_word_embeddings")),
        NO_ARCHITECTURES("qwen3-moe", node -> node.putNull("architectures")),
        QKV_BIAS("qwen2-tied", node -> node.put("qkv_bias", true).put("attention_bias", false)),
        LAYER_TYPES("qwen3", node -> node.putArray("layer_types")
                .add("full_attention")
                .add("full_attention")
                .add("full_attention")),
        WINDOW_PAST_THE_LAST_LAYER(
                "qwen2-tied", node -> node.put("use_sliding_window", true).put("sliding_window", 16)),
        LAYER_TYPES_BEFORE_A_WINDOW("qwen3", node -> node.put("use_sliding_window", true)
                .put("sliding_window", 16)
                .put("max_window_layers", 0)
                .putArray("layer_types")
                .add("full_attention")
                .add("full_attention")
                .add("full_attention")),
        NUM_LOCAL_EXPERTS("qwen3-moe", node -> node.set("num_local_experts", node.remove("num_experts"))),
        NORMALISED_SHARES_IN_V2("deepseek-v2-lite", node -> node.put("norm_topk_prob", true)),
        ROPE_INTERLEAVE_IN_V2("deepseek-v2-lite", node -> node.put("rope_interleave", false)),
        NO_QUERY_RANK("deepseek-v2-lite", node -> node.putNull("q_lora_rank"));

        private final String golden;
        private final Consumer<ObjectNode> change;

        Published(String golden, Consumer<ObjectNode> change) {
            this.golden = golden;
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesWhatPublishedConfigsSay(Published published, @TempDir Path directory) {
        Draft draft = Draft.of(published.golden, directory);
        ModelConfig before = Checkpoint.open(directory).config();

        draft.config(published.change);

        ModelConfig after = Checkpoint.open(directory).config();
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("mixture.sparse")
                .isEqualTo(before);
    }

    @Test
    void aHeadsSizeFollowsFromTheOthersExceptInQwen3(@TempDir Path directory) {
        Draft.of("qwen2-tied", directory).config(node -> node.remove("head_dim"));
        ModelConfig config = Checkpoint.open(directory).config();
        assertThat(config.attention().headDim())
                .isEqualTo(config.hidden() / config.attention().heads());
        assertThat(config.attention().inputBias()).isTrue();
        assertThat(config.attention().outputBias()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"qwen3,32768", "deepseek-v3,4096", "deepseek-v2-lite,2048"})
    void aContextThatIsNotSaidIsTheFamilysOwn(String golden, int context, @TempDir Path directory) {
        Draft.of(golden, directory).config(node -> node.remove(List.of("max_position_embeddings", "rope_scaling")));
        assertThat(Checkpoint.open(directory).config().contextTokens()).isEqualTo(context);
    }

    @Test
    void whatDeepSeekV3DoesNotSayOfItsExpertsIsAsItWasPublished(@TempDir Path directory) {
        Draft.of("deepseek-v3", directory).config(node -> node.put("n_routed_experts", 16)
                .remove(List.of(
                        "n_group",
                        "topk_group",
                        "n_shared_experts",
                        "num_experts_per_tok",
                        "norm_topk_prob",
                        "routed_scaling_factor")));

        Mixture mixture = Objects.requireNonNull(ConfigReader.read(directory).mixture());

        assertThat(mixture.groups()).isEqualTo(8);
        assertThat(mixture.keptGroups()).isEqualTo(4);
        assertThat(mixture.chosen()).isEqualTo(8);
        assertThat(mixture.sharedIntermediate()).isEqualTo(mixture.intermediate());
        assertThat(mixture.normalise()).isTrue();
        assertThat(mixture.factor()).isEqualTo(2.5);
    }

    @Test
    void shardsAreFoundAmongOtherFiles(@TempDir Path directory) {
        Draft draft = Draft.of("qwen2-untied-sharded", directory);
        int tensors = Checkpoint.open(directory).tensors().size();
        draft.write("consolidated.safetensors", new byte[] {1, 2, 3})
                .write("model-00009-of-00009.safetensors", new byte[0])
                .write("pytorch_model.bin.index.json", new byte[] {'{', '}'})
                .json("model.safetensors.index.json", node -> node.withObject("/metadata")
                        .put("total_parameters", 5)
                        .put("total_size", 7));
        assertThat(Checkpoint.open(directory).tensors()).hasSize(tensors);
    }

    @Test
    void readsWhatQwenPublishesOfSampling(@TempDir Path directory) {
        Draft draft = Draft.of("qwen3", directory);
        draft.write("generation_config.json", """
                {"bos_token_id": 500, "pad_token_id": 500, "do_sample": true, "eos_token_id": [505, 500],
                "repetition_penalty": 1.05, "temperature": 0.7, "top_p": 0.8, "top_k": -1, "max_new_tokens": 2048,
                "transformers_version": "4.37.0"}""".getBytes(StandardCharsets.UTF_8));
        GenerationDefaults defaults = Checkpoint.open(directory).generation();
        assertThat(defaults).isEqualTo(new GenerationDefaults(List.of(505, 500), true, 0.7, 0.8, 0, null, 1.05, 2048));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"quant_method\":\"gptq\",\"bits\":4,\"group_size\":128};gptq",
                "{\"quant_method\":\"awq\",\"bits\":4,\"zero_point\":true,\"version\":\"gemm\"};awq",
                "{\"quant_method\":\"bitsandbytes\",\"load_in_4bit\":true};bitsandbytes",
                "{\"quant_method\":\"compressed-tensors\",\"format\":\"float-quantized\"};compressed-tensors",
                "{\"quant_method\":\"fp8\",\"activation_scheme\":\"static\"};weight_block_size"
            })
    void otherQuantizationsAreRefusedByName(String quantization, String told, @TempDir Path directory) {
        Draft.of("qwen3", directory)
                .text(
                        "config.json",
                        text -> text.replaceFirst("\\{", "{\"quantization_config\":" + quantization + ","));
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(told)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aListedTokenPastTheEmbeddingIsTold(@TempDir Path directory) {
        Draft.of("qwen3", directory)
                .write(
                        "tokenizer_config.json",
                        "{\"added_tokens_decoder\":{\"512\":{\"content\":\"<more>\",\"special\":true}}}"
                                .getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("512");
    }
}
