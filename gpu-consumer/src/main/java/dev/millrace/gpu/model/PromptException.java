package dev.millrace.gpu.model;

/** A prompt that the model can't take; the message is for whoever sent it. */
public class PromptException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PromptException(String message) {
        super(message);
    }

    public PromptException(String message, Throwable cause) {
        super(message, cause);
    }
}
