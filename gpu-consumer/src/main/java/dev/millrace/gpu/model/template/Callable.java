package dev.millrace.gpu.model.template;

/** Something a template can call. */
@FunctionalInterface
interface Callable {

    Object call(Run run, Arguments arguments);
}
