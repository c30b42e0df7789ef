package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.djl.EngineOptions.Precision;
import dev.millrace.gpu.generate.djl.EngineOptions.Quantization;
import dev.millrace.gpu.model.checkpoint.Checkpoint;
import dev.millrace.gpu.model.checkpoint.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model's figures by the names under which its TorchScript source looks them up. */
final class ModelNumbers {

    private final Map<String, Double> numbers = new LinkedHashMap<>();

    private ModelNumbers() {}

    static Map<String, Double> of(Checkpoint checkpoint, EngineOptions options) {
        ModelConfig config = checkpoint.config();
        ModelNumbers numbers = new ModelNumbers();
        numbers.put("dtype", ScalarTypes.of(options.precision()));
        numbers.put("form", form(options));
        numbers.put("slots", (double) options.blocks() * options.blockTokens());
        numbers.put("block_tokens", options.blockTokens());
        numbers.put("vocabulary", checkpoint.vocabulary());
        numbers.put("eps", config.normEpsilon());
        numbers.put("tied", config.tiedHead());
        numbers.put("block_rows", config.fp8() == null ? 0 : config.fp8().blockRows());
        numbers.put("block_columns", config.fp8() == null ? 0 : config.fp8().blockColumns());
        numbers.putAttention(config);
        numbers.putRope(config.rope());
        if (config.mixture() != null) {
            numbers.putMixture(config.mixture());
        }
        return numbers.numbers;
    }

    /** As {@code linear.py} reads it. Float32 stays as it is, so that it can be compared. */
    private static int form(EngineOptions options) {
        if (options.quantization() != Quantization.NONE) {
            return options.quantization() == Quantization.INT8
                    ? 8
                    : options.quantization().group();
        }
        return options.precision() == Precision.FLOAT32 ? 0 : 1;
    }

    private void putAttention(ModelConfig config) {
        put("heads", config.attention().heads());
        put("kv_heads", config.attention().keyHeads());
        put("head_dim", config.attention().headDim());
        put("attention_scale", config.attention().scale());
        ModelConfig.Latent latent = config.latent();
        put("rotary_dim", latent == null ? config.attention().headDim() : latent.rotaryDim());
        if (latent != null) {
            put("rank", latent.keyRank());
            put("plain_dim", latent.plainDim());
            put("value_dim", latent.valueDim());
            put("rope_pairs", latent.pairs());
        }
    }

    private void putRope(ModelConfig.Rope rope) {
        put("rope_kind", rope.kind().ordinal());
        put("rope_theta", rope.theta());
        put("rope_factor", rope.factor());
        put("rope_original", rope.original());
        put("rope_beta_fast", rope.betaFast());
        put("rope_beta_slow", rope.betaSlow());
        put("rope_truncate", rope.truncate());
        put("angle_scale", rope.angleScale());
    }

    private void putMixture(ModelConfig.Mixture mixture) {
        put("experts", mixture.experts());
        put("chosen_experts", mixture.chosen());
        put("expert_groups", mixture.groups());
        put("kept_groups", mixture.keptGroups());
        put("grouping", mixture.grouping());
        put("sigmoid_scores", mixture.sigmoid());
        put("normalise_chosen", mixture.normalise());
        put("routed_factor", mixture.factor());
    }

    private void put(String name, double value) {
        numbers.put(name, value);
    }

    private void put(String name, boolean value) {
        numbers.put(name, value ? 1.0 : 0.0);
    }
}
