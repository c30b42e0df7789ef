package dev.millrace.gpu.model.schema;

/** A schema that cannot be kept to, and where in it the reason is. */
public final class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String path;

    SchemaException(String path, String message) {
        super(message + (path.isEmpty() ? "" : " (at " + path + ")"));
        this.path = path;
    }

    /** A JSON pointer into the schema; empty for its root. */
    public String path() {
        return path;
    }
}
