package dev.millrace.gpu.generate.djl;

/** How those attend that decode. */
enum Attending {
    /** Each by itself, over what lies in the cache or a copy. */
    ALONE,
    /** Several in one call, over copies side by side. */
    GROUPED,
    /** All in one call over what lies in the cache; where it does not lie together, in groups. */
    IN_PLACE
}
