package dev.millrace.gpu.generate.djl;

/** How those attend that decode. */
enum Attending {
    /** Each by itself, over what lies in the cache or a copy; what the contexts of several begin with is read once. */
    ALONE,
    /** Several in one call, over copies side by side. */
    GROUPED,
    /** All in one call over what lies in the cache in one piece or two; those whose contexts lie in more, in groups. */
    IN_PLACE
}
