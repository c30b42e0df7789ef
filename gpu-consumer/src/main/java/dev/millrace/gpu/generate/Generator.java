package dev.millrace.gpu.generate;

/**
 * Makes tokens for one model. It runs its own loop; whoever calls it polls, publishes and reports on other threads and
 * is never held up by a step.
 */
public interface Generator extends AutoCloseable {

    /** What the model is and can do; constant while the generator lives. */
    ModelProfile profile();

    /** How much room there is now. Cheap, and safe from any thread. */
    Load load();

    /**
     * Takes a task and returns at once. What becomes of it, a refusal too, goes to the sink: any number of pieces, then
     * exactly one end.
     */
    Generation start(Task task, Sink sink);

    /** Stops the loop and frees the model; tasks still running get no further call. */
    @Override
    void close();
}
