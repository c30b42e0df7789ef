package dev.millrace.gpu.generate.batch;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;

/** A task's sink, which hears nothing more once the task has ended or was let go of. */
public final class Outlet {

    private final Sink sink;
    private boolean closed;

    public Outlet(Sink sink) {
        this.sink = sink;
    }

    public synchronized void piece(Piece piece) {
        if (!closed) {
            sink.piece(piece);
        }
    }

    public synchronized void finished() {
        if (close()) {
            sink.finished();
        }
    }

    public synchronized void failed(Failure failure) {
        if (close()) {
            sink.failed(failure);
        }
    }

    /** Says nothing from now on; false where that was so already. */
    public synchronized boolean close() {
        boolean wasOpen = !closed;
        closed = true;
        return wasOpen;
    }

    /** Whether the task may be spared its steps until what was said of it is written. */
    public boolean isBehind() {
        return sink.isBehind();
    }

    public synchronized boolean isClosed() {
        return closed;
    }
}
