package dev.millrace.gpu.model.template;

/** Something that has a value. */
@FunctionalInterface
interface Expression {

    Object evaluate(Scope scope);
}
