package dev.millrace.gpu.model;

/** A file of a model directory is missing or can't be read; the message names it in one line. */
public class ModelFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelFileException(String message) {
        super(message);
    }

    public ModelFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
