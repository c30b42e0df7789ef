package dev.millrace.gpu.model.template;

/** Something that writes, or changes names. */
@FunctionalInterface
interface Statement {

    /** What comes after a statement. */
    enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    Flow run(Scope scope, Output out);
}
