package dev.millrace.bench.engine;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What came of a request, and when: one time for each token. */
final class Answer implements Sink {

    private static final long PATIENCE_SECONDS = 300;

    private final long askedNanos = System.nanoTime();
    private final List<Integer> ids = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private int cachedTokens;

    @Override
    public synchronized void piece(Piece piece) {
        long now = System.nanoTime();
        for (int id : piece.tokenIds()) {
            ids.add(id);
            nanos.add(now);
        }
        Integer cached = piece.cachedTokens();
        if (cached != null) {
            cachedTokens = cached;
        }
    }

    @Override
    public void finished() {
        end.complete(null);
    }

    @Override
    public void failed(Failure failure) {
        end.completeExceptionally(new IllegalStateException(failure.getMessage()));
    }

    /** Waits for the end. */
    Answer await() {
        try {
            end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return this;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the engine failed a request", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the engine did not answer within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Runs something at the end, whatever the end. */
    void whenOver(Runnable work) {
        end.whenComplete((done, failed) -> work.run()).exceptionally(failure -> null);
    }

    synchronized int[] ids() {
        return ids.stream().mapToInt(id -> id).toArray();
    }

    synchronized long[] nanos() {
        return nanos.stream().mapToLong(time -> time).toArray();
    }

    synchronized int cachedTokens() {
        return cachedTokens;
    }

    double millisToFirstToken() {
        return (nanos()[0] - askedNanos) / 1e6;
    }
}
