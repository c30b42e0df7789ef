package dev.millrace.local.process;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends processes for good. */
final class Processes {

    private static final long END_MILLIS = 10_000;

    private Processes() {}

    /** SIGKILL for each, and waits until they are gone. */
    static void endAll(Collection<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroyForcibly);
        awaitAll(processes);
    }

    /** What it has started goes first, so that it can still take note of their ends. */
    static void endTree(ProcessHandle process) {
        endAll(process.descendants().toList());
        endAll(List.of(process));
    }

    static boolean awaitAll(Collection<ProcessHandle> processes) {
        try {
            CompletableFuture.allOf(
                            processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(END_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
