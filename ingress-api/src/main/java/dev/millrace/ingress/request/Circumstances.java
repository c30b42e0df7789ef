package dev.millrace.ingress.request;

import dev.millrace.event.Priority;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of itself beside what it asks for.
 *
 * @param endUser the caller's own user
 * @param cacheKey requests with the same one meet the same prefix cache
 */
public record Circumstances(
        @Nullable String endUser,
        @Nullable String cacheKey,
        Priority priority,
        Map<String, String> metadata,
        boolean store) {

    public Circumstances {
        metadata = Map.copyOf(metadata);
    }
}
