package dev.millrace.gpu.model.checkpoint;

import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Fp8;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Latent;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Mixture;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The tensors that a config calls for, by name without "model." in front, and their shapes. */
final class Inventory {

    private final ModelConfig config;
    private final BiConsumer<String, List<Long>> each;

    private Inventory(ModelConfig config, BiConsumer<String, List<Long>> each) {
        this.config = config;
        this.each = each;
    }

    /** Names one after the other: a config may call for more than memory holds, and the first that is missing is enough. */
    static void visit(ModelConfig config, BiConsumer<String, List<Long>> each) {
        Inventory inventory = new Inventory(config, each);
        inventory.put("embed_tokens.weight", config.vocabulary(), config.hidden());
        for (int layer = 0; layer < config.layers(); layer++) {
            inventory.addLayer(layer);
        }
        inventory.put("norm.weight", config.hidden());
        if (!config.tiedHead()) {
            inventory.put("lm_head.weight", config.vocabulary(), config.hidden());
        }
    }

    private void addLayer(int layer) {
        String name = "layers." + layer;
        put(name + ".input_layernorm.weight", config.hidden());
        put(name + ".post_attention_layernorm.weight", config.hidden());
        Latent latent = config.latent();
        if (latent == null) {
            addGrouped(name + ".self_attn");
        } else {
            addLatent(name + ".self_attn", latent);
        }
        if (config.sparse(layer)) {
            addMixture(name + ".mlp", Objects.requireNonNull(config.mixture()));
        } else {
            addMlp(name + ".mlp", config.intermediate());
        }
    }

    private void addGrouped(String name) {
        ModelConfig.Attention attention = config.attention();
        long queries = (long) attention.heads() * attention.headDim();
        long keys = (long) attention.keyHeads() * attention.headDim();
        linear(name + ".q_proj", queries, config.hidden(), attention.inputBias());
        linear(name + ".k_proj", keys, config.hidden(), attention.inputBias());
        linear(name + ".v_proj", keys, config.hidden(), attention.inputBias());
        linear(name + ".o_proj", config.hidden(), queries, attention.outputBias());
        if (attention.headNorm()) {
            put(name + ".q_norm.weight", attention.headDim());
            put(name + ".k_norm.weight", attention.headDim());
        }
    }

    private void addLatent(String name, Latent latent) {
        long heads = config.attention().heads();
        long queries = heads * (latent.plainDim() + latent.rotaryDim());
        if (latent.queryRank() > 0) {
            linear(name + ".q_a_proj", latent.queryRank(), config.hidden(), latent.bias());
            put(name + ".q_a_layernorm.weight", latent.queryRank());
            linear(name + ".q_b_proj", queries, latent.queryRank(), false);
        } else {
            linear(name + ".q_proj", queries, config.hidden(), false);
        }
        linear(name + ".kv_a_proj_with_mqa", latent.keyRank() + latent.rotaryDim(), config.hidden(), latent.bias());
        put(name + ".kv_a_layernorm.weight", latent.keyRank());
        linear(name + ".kv_b_proj", heads * (latent.plainDim() + latent.valueDim()), latent.keyRank(), false);
        linear(name + ".o_proj", config.hidden(), heads * latent.valueDim(), latent.bias());
    }

    private void addMixture(String name, Mixture mixture) {
        put(name + ".gate.weight", mixture.experts(), config.hidden());
        if (mixture.correction()) {
            put(name + ".gate.e_score_correction_bias", mixture.experts());
        }
        for (int expert = 0; expert < mixture.experts(); expert++) {
            addMlp(name + ".experts." + expert, mixture.intermediate());
        }
        if (mixture.sharedIntermediate() > 0) {
            addMlp(name + ".shared_experts", mixture.sharedIntermediate());
        }
    }

    private void addMlp(String name, int intermediate) {
        linear(name + ".gate_proj", intermediate, config.hidden(), false);
        linear(name + ".up_proj", intermediate, config.hidden(), false);
        linear(name + ".down_proj", config.hidden(), intermediate, false);
    }

    private void linear(String name, long rows, long columns, boolean bias) {
        put(name + ".weight", rows, columns);
        if (bias) {
            put(name + ".bias", rows);
        }
    }

    private void put(String name, long... shape) {
        each.accept(name, Arrays.stream(shape).boxed().toList());
    }

    /** The shape of a weight's block scales, or null where it has none. */
    static @Nullable List<Long> scales(TensorPlace weight, @Nullable Fp8 fp8) {
        if (weight.type() != ElementType.F8_E4M3) {
            return null;
        }
        if (fp8 == null || weight.shape().size() != 2) {
            throw new CheckpointException(
                    Fault.WRONG_TYPE,
                    weight.name() + " is F8_E4M3, and config.json declares no fp8 quantization for it");
        }
        long rows = weight.shape().get(0) + fp8.blockRows() - 1;
        long columns = weight.shape().get(1) + fp8.blockColumns() - 1;
        return List.of(rows / fp8.blockRows(), columns / fp8.blockColumns());
    }
}
