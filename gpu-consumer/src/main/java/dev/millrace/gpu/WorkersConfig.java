package dev.millrace.gpu;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.List;

/**
 * Which models the process serves.
 *
 * @param workers entries such as {@code echo} or {@code djl:qwen=/models/qwen}, comma separated
 */
@ConfigurationProperties("millrace")
public record WorkersConfig(@Bindable(defaultValue = "echo") List<String> workers) {

    public WorkersConfig {
        workers = List.copyOf(workers);
        if (workers.isEmpty()) {
            throw new IllegalArgumentException("millrace.workers must name at least one model");
        }
        if (entries(workers).stream().map(Entry::model).distinct().count() < workers.size()) {
            throw new IllegalArgumentException("millrace.workers names a model twice: " + workers);
        }
    }

    List<Entry> entries() {
        return entries(workers);
    }

    private static List<Entry> entries(List<String> workers) {
        return workers.stream().map(Entry::parse).toList();
    }
}
