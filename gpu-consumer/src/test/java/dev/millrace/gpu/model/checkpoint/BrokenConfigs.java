package dev.millrace.gpu.model.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.gpu.model.checkpoint.BrokenCheckpointTest.Case;
import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What can be wrong with config.json by itself. */
final class BrokenConfigs {

    private BrokenConfigs() {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        config(cases, "no hidden size", Fault.BAD_CONFIG, "hidden_size is missing", node -> node.remove("hidden_size"));
        config(
                cases,
                "a size as text",
                Fault.BAD_CONFIG,
                "hidden_size is \"64\"",
                node -> node.put("hidden_size", "64"));
        config(
                cases,
                "a size of zero",
                Fault.BAD_CONFIG,
                "num_hidden_layers is 0",
                node -> node.put("num_hidden_layers", 0));
        config(
                cases,
                "a size past reason",
                Fault.BAD_CONFIG,
                "vocab_size is",
                node -> node.put("vocab_size", 1L << 40));
        config(cases, "heads don't share", Fault.BAD_CONFIG, "no multiple", node -> node.put("num_key_value_heads", 3));
        config(cases, "another architecture", Fault.UNSUPPORTED_ARCHITECTURE, "LlamaForCausalLM", node -> node.putArray(
                        "architectures")
                .add("LlamaForCausalLM"));
        config(
                cases,
                "an architecture without its name",
                Fault.UNSUPPORTED_ARCHITECTURE,
                "only Qwen2ForCausalLM",
                node -> {
                    node.remove("architectures");
                    node.put("model_type", "llama");
                });
        config(cases, "another rope", Fault.UNSUPPORTED_ROPE, "rope type longrope", node -> node.putObject(
                        "rope_scaling")
                .put("rope_type", "longrope")
                .put("factor", 2));
        config(cases, "another rope, new spelling", Fault.UNSUPPORTED_ROPE, "rope type dynamic", node -> node.putObject(
                        "rope_parameters")
                .put("rope_type", "dynamic")
                .put("factor", 2));
        config(cases, "linear rope without its factor", Fault.BAD_CONFIG, "factor is missing", node -> node.putObject(
                        "rope_scaling")
                .put("type", "linear"));
        config(
                cases,
                "yarn without a base",
                Fault.BAD_CONFIG,
                "rope_theta is 1.0",
                node -> yarn(node.put("rope_theta", 1)));
        config(cases, "yarn with turns below 0", Fault.BAD_CONFIG, "beta_slow", node -> yarn(node)
                .put("beta_slow", -1));
        config(cases, "another activation", Fault.UNSUPPORTED_FEATURE, "gelu", node -> node.put("hidden_act", "gelu"));
        config(cases, "a window that slides", Fault.UNSUPPORTED_FEATURE, "use_sliding_window", node -> node.put(
                        "use_sliding_window", true)
                .put("sliding_window", 64)
                .put("max_window_layers", 1));
        config(cases, "a window of the usual size", Fault.UNSUPPORTED_FEATURE, "use_sliding_window", node -> node.put(
                        "use_sliding_window", true)
                .put("max_window_layers", 0)
                .put("max_position_embeddings", 32_768));
        cases.add(new Case(
                "a window in a mixture's layers",
                "qwen3-moe",
                draft -> draft.config(
                        node -> node.put("use_sliding_window", true).put("sliding_window", 64)),
                Fault.UNSUPPORTED_FEATURE,
                "use_sliding_window"));
        config(
                cases,
                "another quantization",
                Fault.UNSUPPORTED_QUANTIZATION,
                "quantization gptq",
                node -> node.putObject("quantization_config").put("quant_method", "gptq"));
        config(cases, "fp8 without blocks", Fault.UNSUPPORTED_QUANTIZATION, "weight_block_size", node -> node.putObject(
                        "quantization_config")
                .put("quant_method", "fp8"));
        experts(
                cases,
                "another choice of experts",
                Fault.UNSUPPORTED_FEATURE,
                "topk_method random",
                node -> node.put("topk_method", "random"));
        experts(
                cases,
                "another score",
                Fault.UNSUPPORTED_FEATURE,
                "scoring_func",
                node -> node.put("scoring_func", "tanh"));
        experts(
                cases,
                "another family's score",
                Fault.UNSUPPORTED_FEATURE,
                "scoring_func softmax",
                node -> node.put("scoring_func", "softmax"));
        experts(cases, "groups that don't divide", Fault.BAD_CONFIG, "n_group", node -> node.put("n_group", 3));
        experts(
                cases,
                "more experts than kept",
                Fault.BAD_CONFIG,
                "kept groups",
                node -> node.put("num_experts_per_tok", 9));
        return List.copyOf(cases);
    }

    private static ObjectNode yarn(ObjectNode config) {
        return config.putObject("rope_scaling").put("type", "yarn").put("factor", 2);
    }

    private static void config(List<Case> cases, String name, Fault fault, String says, Consumer<ObjectNode> change) {
        cases.add(new Case(name, "qwen3", draft -> draft.config(change), fault, says));
    }

    private static void experts(List<Case> cases, String name, Fault fault, String says, Consumer<ObjectNode> change) {
        cases.add(new Case(name, "deepseek-v3", draft -> draft.config(change), fault, says));
    }
}
