package dev.millrace.gpu.model.checkpoint;

import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Attention;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Fp8;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Latent;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Rope;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads config.json with each family's own defaults; what would change the answer and is not supported is refused. */
final class ConfigReader {

    private static final String FILE = "config.json";
    private static final int USUAL_FULL_LAYERS = 28;
    private static final int USUAL_WINDOW_TOKENS = 4096;

    private final Fields fields;
    private final Family family;
    private final RopeReader ropes;

    private ConfigReader(Fields fields) {
        this.fields = fields;
        this.family = family(fields);
        this.ropes = new RopeReader(fields, family);
    }

    static ModelConfig read(Path directory) {
        return new ConfigReader(new Fields(FILE, JsonFile.read(directory.resolve(FILE)))).config();
    }

    private static Family family(Fields fields) {
        List<String> architectures = fields.texts("architectures");
        String name = architectures.isEmpty() ? fields.text("model_type", "unnamed") : architectures.get(0);
        return Family.of(name)
                .orElseThrow(() -> new CheckpointException(
                        Fault.UNSUPPORTED_ARCHITECTURE,
                        "%s: architecture %s is not supported, only %s".formatted(FILE, name, Family.names())));
    }

    private ModelConfig config() {
        if (!fields.text("hidden_act", "silu").equals("silu")) {
            throw unsupported("hidden_act " + fields.text("hidden_act"));
        }
        Rope rope = ropes.read();
        Latent latent = family.latent() ? latent() : null;
        Attention attention = latent == null ? grouped() : latentHeads(latent, rope);
        int declared = fields.count("max_position_embeddings", family.usualContext());
        int stretched = (int) Math.min(Integer.MAX_VALUE, rope.original() * rope.factor());
        ModelConfig config = new ModelConfig(
                family,
                fields.count("vocab_size"),
                fields.count("hidden_size"),
                fields.count("intermediate_size"),
                fields.count("num_hidden_layers"),
                fields.positive("rms_norm_eps", 1e-6),
                fields.flag("tie_word_embeddings", false),
                Math.max(declared, stretched),
                attention,
                latent,
                rope,
                new MixtureReader(fields, family).read(),
                fp8());
        refuseSlidingWindow(config);
        return config;
    }

    private Attention grouped() {
        int heads = fields.count("num_attention_heads");
        int keyHeads = fields.count("num_key_value_heads", heads);
        if (heads % keyHeads != 0) {
            throw fields.bad("num_attention_heads", "is no multiple of num_key_value_heads");
        }
        int otherwise = family == Family.QWEN3 ? 128 : fields.count("hidden_size") / heads;
        int headDim = fields.count("head_dim", otherwise);
        if (headDim % 2 != 0) {
            throw fields.bad("head_dim", "is " + headDim + ", not even");
        }
        boolean bias = fields.flag("attention_bias", false);
        boolean qwen2 = family == Family.QWEN2;
        return new Attention(heads, keyHeads, headDim, 1 / Math.sqrt(headDim), qwen2 || bias, !qwen2 && bias, !qwen2);
    }

    private Latent latent() {
        int rotary = fields.count("qk_rope_head_dim");
        if (rotary % 2 != 0) {
            throw fields.bad("qk_rope_head_dim", "is " + rotary + ", not even");
        }
        return new Latent(
                fields.whole("q_lora_rank", 0, 0),
                fields.count("kv_lora_rank"),
                fields.count("qk_nope_head_dim"),
                rotary,
                fields.count("v_head_dim"),
                fields.flag("attention_bias", false),
                family == Family.DEEPSEEK_V2 || fields.flag("rope_interleave", true));
    }

    private Attention latentHeads(Latent latent, Rope rope) {
        int heads = fields.count("num_attention_heads");
        int dim = latent.plainDim() + latent.rotaryDim();
        double scale = ropes.scoreScale(rope) / Math.sqrt(dim);
        return new Attention(heads, heads, dim, scale, latent.bias(), latent.bias(), false);
    }

    private @Nullable Fp8 fp8() {
        Fields quantization = fields.object("quantization_config");
        if (quantization == null) {
            return null;
        }
        String method = quantization.text("quant_method", "unnamed");
        List<Integer> block = quantization.wholes("weight_block_size");
        if (!method.equals("fp8") || !quantization.text("fmt", "e4m3").equals("e4m3")) {
            throw new CheckpointException(
                    Fault.UNSUPPORTED_QUANTIZATION,
                    FILE + ": quantization " + method + " is not supported, only fp8 (e4m3) in blocks");
        }
        if (block.size() != 2 || block.contains(0)) {
            throw new CheckpointException(
                    Fault.UNSUPPORTED_QUANTIZATION, FILE + ": fp8 without a weight_block_size of two is not supported");
        }
        return new Fp8(block.get(0), block.get(1));
    }

    /**
     * A window that is switched on is harmless only where no layer has it or no sequence outgrows it. Mixtures have it in
     * every layer; elsewhere a list of layers goes before the number of those without.
     */
    private void refuseSlidingWindow(ModelConfig config) {
        boolean on = fields.flag("use_sliding_window", false)
                && !fields.isNull("sliding_window")
                && fields.count("sliding_window", USUAL_WINDOW_TOKENS) < config.contextTokens();
        List<String> listed = fields.texts("layer_types");
        boolean mixture = family == Family.QWEN3_MOE;
        int from = mixture ? 0 : fields.whole("max_window_layers", 0, USUAL_FULL_LAYERS);
        boolean reached = on && (mixture || listed.isEmpty()) && from < config.layers();
        if (reached || listed.contains("sliding_attention")) {
            throw unsupported("use_sliding_window");
        }
    }

    private static CheckpointException unsupported(String what) {
        return new CheckpointException(Fault.UNSUPPORTED_FEATURE, FILE + ": " + what + " is not supported");
    }
}
