package dev.millrace.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A part and the process that does its work at present. It is started again when it dies, and can be killed, paused and
 * resumed, which is how faults are injected.
 */
public final class Supervised {

    /** A part that dies this often before it was ever ready will not come up. */
    private static final int MOST_DEATHS_BEFORE_READY = 3;

    /** What is done after an end is quick. */
    private static final long END_SECONDS = 10;

    private static final long PROBE_MILLIS = 100;

    /** Longer than a start takes that needs no patience. */
    private static final long NEWS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Part part;
    private final PidFile pidFile;
    private final LogFile log;
    private final Narrator narrator;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final Backoff backoff = Backoff.DEFAULT;
    private final AtomicBoolean logFails = new AtomicBoolean();

    private @Nullable Child child;
    private CompletableFuture<Void> end = CompletableFuture.completedFuture(null);
    private Instant startedAt = Instant.EPOCH;
    private boolean wanted;
    private volatile boolean sealed;
    private boolean wasReady;
    private int deathsInARow;
    private int starts;

    Supervised(Part part, Path run, Path logs, Narrator narrator, ScheduledExecutorService timer, Clock clock)
            throws IOException {
        this.part = part;
        this.pidFile = new PidFile(run, part.name());
        this.log = new LogFile(logs.resolve(part.name() + ".log"), LogFile.DEFAULT_MAX_BYTES);
        this.narrator = narrator;
        this.timer = timer;
        this.clock = clock;
    }

    public String name() {
        return part.name();
    }

    /** Starts the process; it is kept running from now on. */
    public synchronized void start() throws IOException {
        if (sealed) {
            throw new IOException(name() + " is not started: the stack is being stopped");
        }
        if (!wanted) {
            wanted = true;
            spawn();
        }
    }

    /** The process id of the present process. */
    public synchronized long pid() {
        return present().pid();
    }

    public synchronized boolean isAlive() {
        return child != null && child.isAlive();
    }

    /** How often it was started again after a death. */
    public synchronized int restarts() {
        return Math.max(0, starts - 1);
    }

    /** kill -9. */
    public void kill() {
        Child killed;
        synchronized (this) {
            killed = present();
        }
        killed.kill();
    }

    /** SIGSTOP for the process and all that it has started. */
    public synchronized void pause() {
        present().pause();
    }

    /** SIGCONT for the process and all that it has started. */
    public synchronized void resume() {
        present().resume();
    }

    /** Ends it in good order; it is not started again until {@link #start()}. */
    public void stop() {
        Child stopped;
        CompletableFuture<Void> ended;
        synchronized (this) {
            ended = end;
            wanted = false;
            wasReady = false;
            stopped = child;
            child = null;
        }
        if (stopped != null) {
            stopped.stop(part.stopSignal(), part.stopGrace());
            ended.completeOnTimeout(null, END_SECONDS, TimeUnit.SECONDS).join();
            narrator.say(name() + " has stopped");
        }
        try {
            pidFile.delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it works, through restarts if need be. */
    public void awaitReady(Duration limit) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        long newsNanos = System.nanoTime() + NEWS_NANOS;
        while (!probe()) {
            if (System.nanoTime() - newsNanos > 0) {
                newsNanos += NEWS_NANOS;
                narrator.say(name() + " is not ready yet; its log is in " + log.path());
            }
            synchronized (this) {
                if (!wanted) {
                    throw new IOException(name() + " does not start: see its log in " + log.path());
                }
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException(
                        name() + " is not ready after " + limit.toSeconds() + " s: see its log in " + log.path());
            }
            TimeUnit.MILLISECONDS.sleep(PROBE_MILLIS);
        }
        synchronized (this) {
            wasReady = true;
        }
    }

    /** Whether it is running and says that it works. */
    public boolean isReady() {
        return probe();
    }

    /** From now on it is not started any more. */
    void seal() {
        sealed = true;
    }

    void close() throws IOException {
        stop();
        log.close();
    }

    private boolean probe() {
        try {
            return isAlive() && part.isReady();
        } catch (IOException e) {
            return false;
        }
    }

    private Child present() {
        if (child == null) {
            throw new IllegalStateException(name() + " is not running");
        }
        return child;
    }

    private synchronized void spawn() throws IOException {
        Command command = part.command();
        Child started = Child.start(name(), command, this::record);
        child = started;
        startedAt = clock.instant();
        starts++;
        pidFile.write(started.handle(), command.program());
        end = started.ended().thenAccept(code -> onEnd(started, code));
    }

    private void onEnd(Child ended, int exitCode) {
        try {
            part.ended(exitCode);
        } catch (IOException e) {
            narrator.say(name() + " left something behind: " + e.getMessage());
        }
        onDeath(ended, exitCode);
    }

    private synchronized void onDeath(Child dead, int exitCode) {
        if (!wanted || dead != child) {
            return;
        }
        deathsInARow = backoff.afterDeath(deathsInARow, Duration.between(startedAt, clock.instant()));
        String how = exitCode > 128 ? "was killed by signal " + (exitCode - 128) : "ended with code " + exitCode;
        if (!wasReady && deathsInARow >= MOST_DEATHS_BEFORE_READY) {
            narrator.say(name() + " " + how + " before it was ready, " + deathsInARow + " times: giving up");
            wanted = false;
            return;
        }
        Duration delay = backoff.delay(deathsInARow);
        narrator.say(name() + " " + how + ": starting it again in " + delay.toMillis() + " ms, log in " + log.path());
        var unused = timer.schedule(this::startAgain, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void startAgain() {
        if (!wanted || sealed || isAlive()) {
            return;
        }
        try {
            spawn();
        } catch (IOException e) {
            narrator.say(name() + " cannot be started: " + e.getMessage());
            deathsInARow++;
            var unused =
                    timer.schedule(this::startAgain, backoff.delay(deathsInARow).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void record(String line) {
        try {
            log.write(line);
            logFails.set(false);
        } catch (IOException e) {
            if (!logFails.getAndSet(true)) {
                narrator.say("The log of " + name() + " cannot be written: " + e.getMessage());
            }
        }
        if (part.isWorthShowing(line)) {
            narrator.line(name(), line);
        }
    }
}
