package dev.millrace.gpu.generate;

import dev.millrace.event.Failure;

/** Where a task's outcome goes. Called in order, never by two threads at once; must not block. */
public interface Sink {

    void piece(Piece piece);

    void finished();

    void failed(Failure failure);

    /**
     * Whether what was said is not written yet: a generator that can, spares the task its steps until it is. Cheap, and
     * safe from any thread. Whoever goes on regardless is cut off where the sink's bound is passed.
     */
    default boolean isBehind() {
        return false;
    }
}
