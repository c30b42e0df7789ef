package dev.millrace.bench.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The measures of a Qwen3 model.
 *
 * @param vocabulary rows of the embedding
 * @param tokens ids that the tokenizer gives out
 */
public record ModelShape(
        String name,
        int layers,
        int hidden,
        int heads,
        int keyHeads,
        int headDim,
        int intermediate,
        int vocabulary,
        int tokens,
        boolean tiedHead) {

    public static final ModelShape TINY = new ModelShape("qwen3-tiny", 2, 64, 4, 2, 16, 128, 512, 500, true);
    public static final ModelShape SMALL =
            new ModelShape("qwen3-0.6b", 28, 1024, 16, 8, 128, 3072, 151_936, 151_669, true);
    public static final ModelShape LARGE =
            new ModelShape("qwen3-8b", 36, 4096, 32, 8, 128, 12_288, 151_936, 151_669, false);

    private static final List<ModelShape> KNOWN = List.of(TINY, SMALL, LARGE);

    public ModelShape {
        if (tokens > vocabulary) {
            throw new IllegalArgumentException("more tokens than rows of the embedding");
        }
    }

    /** One of the shapes above. */
    public static ModelShape named(String name) {
        return KNOWN.stream()
                .filter(shape -> shape.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("shape is " + name + ", not one of "
                        + KNOWN.stream().map(ModelShape::name).toList()));
    }

    /** The same model with fewer or more layers. */
    public ModelShape withLayers(int count) {
        return new ModelShape(
                name + "-" + count + "-layers",
                count,
                hidden,
                heads,
                keyHeads,
                headDim,
                intermediate,
                vocabulary,
                tokens,
                tiedHead);
    }

    /** Weights of all matrices between embedding and head. */
    private long layerWeights() {
        long attention = (long) hidden * headDim * (2L * heads + 2L * keyHeads);
        return layers * (attention + 3L * hidden * intermediate);
    }

    /** Bytes in bfloat16 of what every step reads: all matrices, of the embedding only where it is the head too. */
    public long stepWeightBytes() {
        return 2 * (layerWeights() + (long) vocabulary * hidden);
    }

    /** Bytes of the checkpoint's matrices in bfloat16. */
    public long weightBytes() {
        return stepWeightBytes() + (tiedHead ? 0 : 2L * vocabulary * hidden);
    }

    /** Bytes of keys and values in bfloat16. */
    public long cacheBytes(long tokens) {
        return tokens * layers * 2 * keyHeads * headDim * 2;
    }

    /** Multiplications and additions of reading a prompt: its matrices, what each token sees, and one row of the head. */
    public double prefillOperations(int tokens) {
        double products = 2.0 * layerWeights() * tokens;
        double attention = 2.0 * 2 * layers * heads * headDim * tokens * (tokens + 1) / 2;
        return products + attention + 2.0 * vocabulary * hidden;
    }

    /** Every tensor by its published name, with its dimensions, in the order of a file. */
    Map<String, List<Integer>> tensors() {
        Map<String, List<Integer>> tensors = new LinkedHashMap<>();
        tensors.put("model.embed_tokens.weight", List.of(vocabulary, hidden));
        for (int layer = 0; layer < layers; layer++) {
            addLayer(tensors, "model.layers." + layer + ".");
        }
        tensors.put("model.norm.weight", List.of(hidden));
        if (!tiedHead) {
            tensors.put("lm_head.weight", List.of(vocabulary, hidden));
        }
        return tensors;
    }

    private void addLayer(Map<String, List<Integer>> tensors, String name) {
        tensors.put(name + "input_layernorm.weight", List.of(hidden));
        tensors.put(name + "self_attn.q_proj.weight", List.of(heads * headDim, hidden));
        tensors.put(name + "self_attn.k_proj.weight", List.of(keyHeads * headDim, hidden));
        tensors.put(name + "self_attn.v_proj.weight", List.of(keyHeads * headDim, hidden));
        tensors.put(name + "self_attn.q_norm.weight", List.of(headDim));
        tensors.put(name + "self_attn.k_norm.weight", List.of(headDim));
        tensors.put(name + "self_attn.o_proj.weight", List.of(hidden, heads * headDim));
        tensors.put(name + "post_attention_layernorm.weight", List.of(hidden));
        tensors.put(name + "mlp.gate_proj.weight", List.of(intermediate, hidden));
        tensors.put(name + "mlp.up_proj.weight", List.of(intermediate, hidden));
        tensors.put(name + "mlp.down_proj.weight", List.of(hidden, intermediate));
    }
}
