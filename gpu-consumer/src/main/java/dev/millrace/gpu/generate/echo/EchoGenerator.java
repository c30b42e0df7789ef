package dev.millrace.gpu.generate.echo;

import dev.millrace.event.Capability;
import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Daemons;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Load;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.gpu.generate.Sink;
import dev.millrace.gpu.generate.Task;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a model that needs none: the answer is the last user message. One thread paces all streams, another counts the
 * words of large prompts, which takes too long for either that one or a caller who has to report that it lives.
 */
final class EchoGenerator implements Generator {

    private static final Logger LOG = LoggerFactory.getLogger(EchoGenerator.class);
    private static final long BEHIND_PAUSE_MILLIS = 5;

    /** How much lateness a stream may make up for; the rest is lost, so that a pause is not followed by a burst. */
    private static final long CATCH_UP_MILLIS = 100;

    /** A smaller prompt is counted sooner than handed over. */
    private static final int LARGE_CHARS = 64 << 10;

    private final ModelProfile profile;
    private final EchoConfig config;
    private final boolean faultsAllowed;
    private final Runnable crash;
    private final ScheduledExecutorService scheduler;
    private final ExecutorService counting;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    EchoGenerator(String model, EchoConfig config, boolean faultsAllowed, Runnable crash) {
        EnumSet<Capability> capabilities = EnumSet.of(Capability.CHAT, Capability.CHOICES);
        if (faultsAllowed) {
            capabilities.add(Capability.FAULTS);
        }
        this.profile = new ModelProfile(
                model,
                "Answers with the last user message",
                0,
                config.contextTokens(),
                config.contextTokens(),
                0,
                capabilities);
        this.config = config;
        this.faultsAllowed = faultsAllowed;
        this.crash = crash;
        this.scheduler = Executors.newSingleThreadScheduledExecutor(work -> Daemons.thread(work, model + "-steps"));
        this.counting = Executors.newSingleThreadExecutor(work -> Daemons.thread(work, model + "-counting"));
    }

    @Override
    public ModelProfile profile() {
        return profile;
    }

    @Override
    public Load load() {
        long backlog = 0;
        int held = 0;
        for (Running one : running) {
            backlog += one.tokensLeft;
            held++;
        }
        return new Load(config.slots(), Math.max(0, config.slots() - held), backlog, 0, 0);
    }

    @Override
    public Generation start(Task task, Sink sink) {
        if (running.size() >= config.slots()) {
            sink.failed(new Failure(503, "server_error", "overloaded", "All slots are taken.", null, 1000L));
            return () -> {};
        }
        Running started = new Running();
        running.add(started);
        if (task.request().getPrompt().length() < LARGE_CHARS) {
            started.begin(task, sink);
        } else {
            try {
                counting.execute(() -> started.begin(task, sink));
            } catch (RejectedExecutionException e) {
                started.cancel();
            }
        }
        return started;
    }

    @Override
    public void close() {
        counting.shutdownNow();
        scheduler.shutdownNow();
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private final class Running implements Generation {

        private long dueMillis = nowMillis();
        private volatile long tokensLeft;
        private volatile boolean cancelled;

        private void begin(Task task, Sink sink) {
            if (cancelled) {
                return;
            }
            try {
                EchoPlan plan = EchoPlan.of(task.request(), config, faultsAllowed);
                EchoStream stream = new EchoStream(plan, task.delivered(), sink, crash);
                tokensLeft = stream.tokensLeft();
                again(stream, plan.tokenMillis());
            } catch (RefusedException e) {
                running.remove(this);
                sink.failed(e.failure());
            } catch (RuntimeException e) {
                LOG.error("A task of {} could not begin", profile.model(), e);
                running.remove(this);
                sink.failed(EchoStream.BROKEN);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            running.remove(this);
        }

        private void turn(EchoStream stream) {
            if (cancelled || stream.isHanging()) {
                return;
            }
            if (stream.isBehind()) {
                again(stream, BEHIND_PAUSE_MILLIS);
                return;
            }
            boolean more = false;
            try {
                more = stream.step();
            } catch (RuntimeException e) {
                LOG.error("A step of {} failed", profile.model(), e);
                stream.breakOff();
            }
            tokensLeft = stream.tokensLeft();
            if (more) {
                again(stream, stream.tokenMillis());
            } else {
                running.remove(this);
            }
        }

        private void again(EchoStream stream, long pauseMillis) {
            long now = nowMillis();
            dueMillis = Math.max(dueMillis + pauseMillis, now - CATCH_UP_MILLIS);
            try {
                scheduler.schedule(() -> turn(stream), Math.max(0, dueMillis - now), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                cancel();
            }
        }
    }
}
