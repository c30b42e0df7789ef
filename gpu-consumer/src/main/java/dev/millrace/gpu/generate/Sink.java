package dev.millrace.gpu.generate;

import dev.millrace.event.Failure;

/** Where a task's outcome goes. Called in order, never by two threads at once; must not block. */
public interface Sink {

    void piece(Piece piece);

    void finished();

    void failed(Failure failure);
}
