package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.model.checkpoint.Checkpoint;

/**
 * A loaded model with its paged cache. It knows nothing of requests: whoever owns it decides which sequences advance,
 * and in which blocks of the cache they live. One thread owns an engine; no call may overlap another.
 */
public interface Engine extends AutoCloseable {

    /**
     * Loads a checkpoint.
     *
     * @throws RuntimeException if PyTorch refuses it; nothing is left behind then
     */
    static Engine open(Checkpoint checkpoint, EngineOptions options) {
        return new EngineLoader(checkpoint, options).load();
    }

    /** Constant while the engine lives. */
    EngineShape shape();

    /** Makes the calling thread the one that steps, with as many helpers as this model is worth. */
    default void settle() {}

    /**
     * Reads the tokens of all spans in one forward pass, writes their keys and values into their blocks and draws the
     * next tokens. Blocks of one step's spans may overlap only where none of them writes.
     */
    StepResult step(Step step);

    /** There is nothing to do for now: does a part of what makes later steps quicker; false if none is left. */
    default boolean prepare() {
        return false;
    }

    /** There is nothing to do for now: gives back what memory is kept for nothing. */
    default void rest() {}

    /** Frees the model and its cache. */
    @Override
    void close();
}
