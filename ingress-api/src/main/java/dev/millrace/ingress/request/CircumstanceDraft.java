package dev.millrace.ingress.request;

import dev.millrace.event.Priority;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Circumstances while they are being read. */
final class CircumstanceDraft {

    @Nullable
    String userId;

    @Nullable
    String safetyIdentifier;

    @Nullable
    String user;

    @Nullable
    String cacheKey;

    @Nullable
    Priority priority;

    @Nullable
    Priority tier;

    Map<String, String> metadata = Map.of();
    boolean store;

    Circumstances build() {
        Priority given = priority != null ? priority : tier;
        return new Circumstances(
                endUser(), cacheKey, Objects.requireNonNullElse(given, Priority.INTERACTIVE), metadata, store);
    }

    /** The narrowest name that the caller gave for its own user. */
    private @Nullable String endUser() {
        if (userId != null) {
            return userId;
        }
        return safetyIdentifier != null ? safetyIdentifier : user;
    }
}
