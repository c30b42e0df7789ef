package dev.millrace.gpu.model.template;

/** The null of templates. */
enum None {
    NONE
}
