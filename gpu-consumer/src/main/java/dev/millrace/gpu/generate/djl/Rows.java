package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.Sequence;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tells how each next token is to be chosen. What a form allows is mostly known at once, but a wide one over a large
 * vocabulary can take seconds: whoever needs it then sits out some steps, and nobody else does. Used by the loop's thread.
 */
final class Rows implements AutoCloseable {

    private static final int THREADS = 2;

    /** So long a step waits for what it was the first to ask for. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ExecutorService threads;
    private final Map<Sequence, Asked> asked = new HashMap<>();

    private record Asked(FutureTask<Row> row, long untilNanos) {}

    Rows(ThreadFactory made) {
        threads = Executors.newFixedThreadPool(THREADS, made);
    }

    /** Asks for the row of a sequence's next token, where that has not been done. */
    void ask(Sequence sequence, Chooser chooser) {
        if (asked.containsKey(sequence)) {
            return;
        }
        FutureTask<Row> row = new FutureTask<>(chooser::next);
        asked.put(sequence, new Asked(row, System.nanoTime() + PATIENCE_NANOS));
        if (chooser.isBound()) {
            threads.execute(row);
        } else {
            row.run();
        }
    }

    /**
     * The row that was asked for, given once; null where it is not known yet.
     *
     * @throws ExecutionException where it cannot be told
     */
    @Nullable
    Row take(Sequence sequence) throws ExecutionException, InterruptedException {
        Asked wanted = asked.get(sequence);
        if (wanted == null) {
            return null;
        }
        try {
            Row row = wanted.row.get(Math.max(0, wanted.untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            asked.remove(sequence);
            return row;
        } catch (TimeoutException e) {
            return null;
        }
    }

    /** Nobody wants it any more. */
    void forget(Sequence sequence) {
        Asked unwanted = asked.remove(sequence);
        if (unwanted != null) {
            unwanted.row.cancel(false);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
