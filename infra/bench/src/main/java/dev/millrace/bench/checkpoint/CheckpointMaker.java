package dev.millrace.bench.checkpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a model directory as it would be published, except that its weights are random: the same for the same seed. */
public final class CheckpointMaker {

    private static final long SEED = 1;
    private static final double DEVIATION = 0.02;

    /** Written last: where it is, the rest is whole. */
    private static final String CONFIG = "config.json";

    private CheckpointMaker() {}

    /** The directory of a shape below a parent; what was made before is taken as it is. */
    public static Path make(ModelShape shape, Path parent) throws IOException {
        Path directory = parent.resolve(shape.name());
        if (Files.exists(directory.resolve(CONFIG))) {
            return directory;
        }
        Files.createDirectories(directory);
        JsonMapper mapper = JsonMapper.builder().build();
        mapper.writeValue(directory.resolve("tokenizer.json").toFile(), MadeTokenizer.of(shape));
        mapper.writeValue(directory.resolve("tokenizer_config.json").toFile(), mapper.createObjectNode());
        mapper.writeValue(directory.resolve("generation_config.json").toFile(), generation(mapper.createObjectNode()));
        new SafetensorsWriter(shape.tensors(), new RandomWeights(SEED, DEVIATION))
                .write(directory.resolve("model.safetensors"));
        mapper.writeValue(directory.resolve(CONFIG).toFile(), config(mapper.createObjectNode(), shape));
        return directory;
    }

    /** What Qwen3 publishes. */
    private static ObjectNode generation(ObjectNode generation) {
        return generation
                .put("do_sample", true)
                .put("temperature", 0.6)
                .put("top_k", 20)
                .put("top_p", 0.95);
    }

    private static ObjectNode config(ObjectNode config, ModelShape shape) {
        config.putArray("architectures").add("Qwen3ForCausalLM");
        return config.put("model_type", "qwen3")
                .put("num_hidden_layers", shape.layers())
                .put("hidden_size", shape.hidden())
                .put("num_attention_heads", shape.heads())
                .put("num_key_value_heads", shape.keyHeads())
                .put("head_dim", shape.headDim())
                .put("intermediate_size", shape.intermediate())
                .put("vocab_size", shape.vocabulary())
                .put("tie_word_embeddings", shape.tiedHead())
                .put("eos_token_id", MadeTokenizer.end(shape))
                .put("hidden_act", "silu")
                .put("attention_bias", false)
                .put("rms_norm_eps", 1e-6)
                .put("rope_theta", 1_000_000)
                .put("max_position_embeddings", 40_960)
                .put("torch_dtype", "bfloat16");
    }
}
