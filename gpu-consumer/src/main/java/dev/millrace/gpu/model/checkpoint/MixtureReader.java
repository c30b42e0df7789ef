package dev.millrace.gpu.model.checkpoint;

import dev.millrace.gpu.model.checkpoint.CheckpointException.Fault;
import dev.millrace.gpu.model.checkpoint.ModelConfig.Mixture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a config says of experts, with each family's defaults. */
final class MixtureReader {

    private final Fields fields;
    private final Family family;

    MixtureReader(Fields fields, Family family) {
        this.fields = fields;
        this.family = family;
    }

    @Nullable
    Mixture read() {
        return switch (family) {
            case QWEN2, QWEN3 -> null;
            case QWEN3_MOE -> qwen();
            case DEEPSEEK_V2, DEEPSEEK_V3 -> fields.has("n_routed_experts") ? deepseek() : null;
        };
    }

    private Mixture qwen() {
        int step = fields.count("decoder_sparse_step", 1);
        List<Integer> dense = fields.wholes("mlp_only_layers");
        Mixture mixture = new Mixture(
                fields.count(fields.has("num_experts") ? "num_experts" : "num_local_experts"),
                fields.count("num_experts_per_tok", 8),
                fields.count("moe_intermediate_size"),
                0,
                1,
                1,
                0,
                false,
                false,
                fields.flag("norm_topk_prob", false),
                1,
                layer -> !dense.contains(layer) && (layer + 1) % step == 0);
        return checked(mixture);
    }

    /** V2 scores by softmax, V3 by sigmoid; only V3 ever makes the chosen shares add up to one. */
    private Mixture deepseek() {
        boolean v3 = family == Family.DEEPSEEK_V3;
        String scoring = fields.text("scoring_func", v3 ? "sigmoid" : "softmax");
        if (!scoring.equals(v3 ? "sigmoid" : "softmax")) {
            throw unsupported("scoring_func " + scoring);
        }
        String method = fields.text("topk_method", v3 ? "noaux_tc" : "greedy");
        int grouping = grouping(method, v3);
        int from = fields.whole("first_k_dense_replace", 0, v3 ? 3 : 0);
        int intermediate = fields.count("moe_intermediate_size");
        Mixture mixture = new Mixture(
                fields.count("n_routed_experts"),
                v3 ? fields.count("num_experts_per_tok", 8) : fields.count("num_experts_per_tok"),
                intermediate,
                intermediate * fields.whole("n_shared_experts", 0, unsaid("n_shared_experts", v3 ? 1 : 2, 0)),
                grouping == 0 ? 1 : fields.count("n_group", unsaid("n_group", v3 ? 8 : 1, 1)),
                grouping == 0 ? 1 : fields.count("topk_group", unsaid("topk_group", v3 ? 4 : 1, 1)),
                grouping,
                v3,
                v3,
                v3 && fields.flag("norm_topk_prob", true),
                fields.number("routed_scaling_factor", v3 ? 2.5 : 1),
                layer -> layer >= from);
        return checked(mixture);
    }

    private int grouping(String method, boolean v3) {
        if (v3 && method.equals("noaux_tc")) {
            return 2;
        }
        if (!v3 && method.equals("group_limited_greedy")) {
            return 1;
        }
        if (!v3 && method.equals("greedy")) {
            return 0;
        }
        throw unsupported("topk_method " + method);
    }

    /** A null says that there are none; a config that says nothing means what its family usually has. */
    private int unsaid(String name, int usual, int none) {
        return fields.isNull(name) ? none : usual;
    }

    private Mixture checked(Mixture mixture) {
        if (mixture.chosen() > mixture.experts()) {
            throw fields.bad("num_experts_per_tok", "is more than there are experts");
        }
        if (mixture.experts() % mixture.groups() != 0 || mixture.keptGroups() > mixture.groups()) {
            throw fields.bad("n_group", "does not divide the experts, or topk_group is more than n_group");
        }
        int within = mixture.experts() / mixture.groups();
        if (mixture.grouping() > within || mixture.chosen() > within * mixture.keptGroups()) {
            throw fields.bad("num_experts_per_tok", "is more than the kept groups hold");
        }
        return mixture;
    }

    private CheckpointException unsupported(String what) {
        return new CheckpointException(Fault.UNSUPPORTED_FEATURE, fields.file() + ": " + what + " is not supported");
    }
}
