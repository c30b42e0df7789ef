package dev.millrace.gpu.model.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The model families that can be run, by the names that published configs give them. */
public enum Family {
    QWEN2("Qwen2ForCausalLM", "qwen2"),
    QWEN3("Qwen3ForCausalLM", "qwen3"),
    QWEN3_MOE("Qwen3MoeForCausalLM", "qwen3_moe"),
    DEEPSEEK_V2("DeepseekV2ForCausalLM", "deepseek_v2"),
    DEEPSEEK_V3("DeepseekV3ForCausalLM", "deepseek_v3");

    private final String architecture;
    private final String modelType;

    Family(String architecture, String modelType) {
        this.architecture = architecture;
        this.modelType = modelType;
    }

    /** Whether attention is latent, as DeepSeek's is, and not grouped-query. */
    public boolean latent() {
        return this == DEEPSEEK_V2 || this == DEEPSEEK_V3;
    }

    /** The architectures that can be run, for those who brought another. */
    static String names() {
        return Arrays.stream(values()).map(family -> family.architecture).collect(Collectors.joining(", "));
    }

    static Optional<Family> of(String name) {
        for (Family family : values()) {
            if (family.architecture.equals(name) || family.modelType.equals(name)) {
                return Optional.of(family);
            }
        }
        return Optional.empty();
    }
}
