package dev.millrace.gpu.generate.djl;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Work on a thread that ends with it, for whoever computes in PyTorch beside the thread that steps. OpenMP gives each
 * thread that computes helpers of its own, who stay as long as it does; where all of them are more than the processors,
 * they sleep between any two operations instead of being ready, and a step takes twice as long.
 */
public final class PassingThread {

    static final String NAME = "torch-passing";

    private PassingThread() {}

    /** Returns what the work returns, or throws what it throws, once it is done. */
    public static <T> T run(Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread thread = new Thread(task, NAME);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    thread.join();
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
