package dev.millrace.gpu.model.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The model families that can be run, by the names that published configs give them. */
public enum Family {
    QWEN2("Qwen2ForCausalLM", "qwen2", 32_768),
    QWEN3("Qwen3ForCausalLM", "qwen3", 32_768),
    QWEN3_MOE("Qwen3MoeForCausalLM", "qwen3_moe", 32_768),
    DEEPSEEK_V2("DeepseekV2ForCausalLM", "deepseek_v2", 2048),
    DEEPSEEK_V3("DeepseekV3ForCausalLM", "deepseek_v3", 4096);

    private final String architecture;
    private final String modelType;
    private final int usualContext;

    Family(String architecture, String modelType, int usualContext) {
        this.architecture = architecture;
        this.modelType = modelType;
        this.usualContext = usualContext;
    }

    /** Whether attention is latent, as DeepSeek's is, and not grouped-query. */
    public boolean latent() {
        return this == DEEPSEEK_V2 || this == DEEPSEEK_V3;
    }

    /** Positions of a model whose config does not say how many it has. */
    int usualContext() {
        return usualContext;
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
