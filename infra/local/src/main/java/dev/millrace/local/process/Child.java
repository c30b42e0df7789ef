package dev.millrace.local.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One process that we started, on its leash. */
final class Child {

    /**
     * A parent-death signal comes when the thread that started the child ends, so all are started by one that lives as
     * long as the JVM.
     */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "process-starter");
        thread.setDaemon(true);
        return thread;
    });

    private static final Leash LEASH = Leash.ofThisMachine();

    private final Process process;
    private final Thread pump;

    private Child(Process process, Consumer<String> log, String name) {
        this.process = process;
        this.pump = new Thread(() -> copyLines(process, log), "log-" + name);
        pump.setDaemon(true);
        pump.start();
    }

    static Child start(String name, Command command, Consumer<String> log) throws IOException {
        return start(name, command, LEASH, log);
    }

    static Child start(String name, Command command, Leash leash, Consumer<String> log) throws IOException {
        Files.createDirectories(command.directory());
        ProcessBuilder builder = new ProcessBuilder(command.line(leash.line()))
                .directory(command.directory().toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(command.environment());
        Future<Process> starting = STARTER.submit(builder::start);
        try {
            return new Child(starting.get(), log, name);
        } catch (InterruptedException e) {
            // It starts all the same, and nobody else would end it.
            STARTER.execute(() -> end(starting));
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while starting " + name, e);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IOException("Cannot start " + name + ": " + cause.getMessage(), cause);
        }
    }

    private static void end(Future<Process> starting) {
        try {
            Processes.endTree(starting.get().toHandle());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // Then there is nothing to end.
        }
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit code, after the last line of output has been handed on. */
    CompletableFuture<Integer> ended() {
        return process.onExit().thenApply(done -> {
            joinPump();
            return done.exitValue();
        });
    }

    /** The signal, time to react, then SIGKILL for it and all below it. */
    void stop(String signal, Duration grace) {
        List<ProcessHandle> below = process.toHandle().descendants().toList();
        Signal.send(signal, List.of(process.toHandle()));
        // A paused process cannot react before it is resumed.
        Signal.send("CONT", all());
        if (!endsWithin(grace)) {
            process.destroyForcibly();
            endsWithin(Duration.ofSeconds(10));
        }
        Processes.endAll(below);
    }

    void pause() {
        Signal.send("STOP", all());
    }

    void resume() {
        Signal.send("CONT", all());
    }

    /** SIGKILL to the process itself; what it had started has to notice by itself, as when it dies for real. */
    void kill() {
        process.destroyForcibly();
        endsWithin(Duration.ofSeconds(10));
    }

    private List<ProcessHandle> all() {
        return Stream.concat(Stream.of(process.toHandle()), process.toHandle().descendants())
                .toList();
    }

    private boolean endsWithin(Duration limit) {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void joinPump() {
        try {
            pump.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copyLines(Process process, Consumer<String> log) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            @Nullable String line = lines.readLine();
            while (line != null) {
                log.accept(line);
                line = lines.readLine();
            }
        } catch (IOException e) {
            // The pipe breaks when the process is killed; its exit is reported elsewhere.
        }
    }
}
