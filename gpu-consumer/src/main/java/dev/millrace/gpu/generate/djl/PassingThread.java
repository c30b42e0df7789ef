package dev.millrace.gpu.generate.djl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        return all(List.of(work)).get(0);
    }

    /** The same of several works, each on a thread of its own, once all of them are done. */
    static <T> List<T> all(List<Supplier<T>> works) {
        Map<FutureTask<T>, Thread> threads = new LinkedHashMap<>();
        for (Supplier<T> work : works) {
            FutureTask<T> task = new FutureTask<>(work::get);
            Thread thread = new Thread(task, NAME);
            thread.start();
            threads.put(task, thread);
        }
        threads.values().forEach(PassingThread::await);
        return threads.keySet().stream().map(PassingThread::result).toList();
    }

    /** However often it is interrupted, which is known to the caller afterwards. */
    private static void await(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T result(FutureTask<T> done) {
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
