package dev.millrace.ingress.request;

import dev.millrace.event.Priority;
import java.util.Map;

/** The fields that tell for whom a request is, and how urgent. */
final class CircumstanceFields {

    private static final int MAX_ID_CHARS = 256;
    private static final int MAX_PAIRS = 16;
    private static final int MAX_PAIR_KEY_CHARS = 64;
    private static final int MAX_PAIR_VALUE_CHARS = 512;

    private static final Map<String, Priority> TIERS = Map.of(
            "auto", Priority.INTERACTIVE,
            "default", Priority.INTERACTIVE,
            "flex", Priority.BACKGROUND,
            "priority", Priority.INTERACTIVE,
            "fast", Priority.INTERACTIVE,
            "scale", Priority.INTERACTIVE);
    private static final Map<String, Priority> PRIORITIES = Map.of(
            "interactive", Priority.INTERACTIVE,
            "background", Priority.BACKGROUND,
            "batch", Priority.BATCH);

    private static final Check<String> ID = Checks.word(MAX_ID_CHARS);

    /** What every door takes. */
    static final Fields<CircumstanceDraft> COMMON = new Fields<CircumstanceDraft>()
            .optional("user", ID, (draft, user) -> draft.user = user)
            .optional("user_id", ID, (draft, user) -> draft.userId = user)
            .optional(
                    "metadata",
                    Checks.mapOf(Checks.word(MAX_PAIR_KEY_CHARS), Checks.note(MAX_PAIR_VALUE_CHARS), MAX_PAIRS),
                    (draft, metadata) -> draft.metadata = metadata)
            .optional(
                    "priority",
                    Checks.oneOf("interactive", "background", "batch"),
                    (draft, priority) -> draft.priority = PRIORITIES.get(priority));

    /** What only the chat door takes beside. */
    static final Fields<CircumstanceDraft> OF_CHATS = new Fields<CircumstanceDraft>()
            .optional("safety_identifier", ID, (draft, user) -> draft.safetyIdentifier = user)
            .optional("store", Checks.bool(), (draft, store) -> draft.store = store)
            .optional("prompt_cache_key", ID, (draft, key) -> draft.cacheKey = key)
            .optional(
                    "service_tier",
                    Checks.oneOf("auto", "default", "flex", "priority", "fast", "scale"),
                    (draft, tier) -> draft.tier = TIERS.get(tier));

    private CircumstanceFields() {}
}
