package dev.millrace.gpu.generate;

import dev.millrace.event.Capability;
import java.util.Set;

/** What a model is, as it is announced. */
public record ModelProfile(
        String model,
        String description,
        long createdAtMillis,
        int contextTokens,
        int maxOutputTokens,
        long parameters,
        Set<Capability> capabilities) {

    public ModelProfile {
        if (model.isBlank()) {
            throw new IllegalArgumentException("model must have a name");
        }
        if (contextTokens < 1 || maxOutputTokens < 1) {
            throw new IllegalArgumentException("contextTokens and maxOutputTokens must be positive");
        }
        capabilities = Set.copyOf(capabilities);
    }
}
