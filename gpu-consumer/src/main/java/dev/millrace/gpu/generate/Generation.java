package dev.millrace.gpu.generate;

/** A task under way. */
public interface Generation {

    /** Lets go of the task: its room is free after at most one more step, and its sink hears nothing more. */
    void cancel();
}
