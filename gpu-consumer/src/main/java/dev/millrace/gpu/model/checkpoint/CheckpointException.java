package dev.millrace.gpu.model.checkpoint;

/** A checkpoint that cannot be served, and why, in one line that names the file or the field. */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with a checkpoint. */
    public enum Fault {
        MISSING_FILE,
        UNREADABLE_FILE,
        BAD_JSON,
        BAD_CONFIG,
        UNSUPPORTED_ARCHITECTURE,
        UNSUPPORTED_ROPE,
        UNSUPPORTED_QUANTIZATION,
        UNSUPPORTED_FEATURE,
        TRUNCATED_FILE,
        FALSE_HEADER,
        BAD_INDEX,
        MISSING_TENSOR,
        SURPLUS_TENSOR,
        DUPLICATE_TENSOR,
        WRONG_SHAPE,
        WRONG_TYPE,
        BAD_TOKENIZER,
        TOKENIZER_TOO_LARGE
    }

    private final Fault fault;

    public CheckpointException(Fault fault, String message) {
        super(message.replaceAll("\\s+", " "));
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
