package dev.millrace.gpu.generate.echo;

import dev.millrace.event.Capability;
import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Load;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.gpu.generate.Sink;
import dev.millrace.gpu.generate.Task;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a model that needs none: the answer is the last user message. One thread paces all streams. */
final class EchoGenerator implements Generator {

    private static final Logger LOG = LoggerFactory.getLogger(EchoGenerator.class);
    private static final long BEHIND_PAUSE_MILLIS = 5;

    /** How much lateness a stream may make up for; the rest is lost, so that a pause is not followed by a burst. */
    private static final long CATCH_UP_MILLIS = 100;

    private final ModelProfile profile;
    private final EchoConfig config;
    private final boolean faultsAllowed;
    private final Runnable crash;
    private final ScheduledExecutorService scheduler;
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
        this.scheduler = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, model + "-steps");
            thread.setDaemon(true);
            return thread;
        });
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
        try {
            if (running.size() >= config.slots()) {
                sink.failed(new Failure(503, "server_error", "overloaded", "All slots are taken.", null, 1000L));
                return () -> {};
            }
            EchoPlan plan = EchoPlan.of(task.request(), config, faultsAllowed);
            Running started = new Running(new EchoStream(plan, task.delivered(), sink, crash));
            running.add(started);
            started.again(plan.tokenMillis());
            return started;
        } catch (RefusedException e) {
            sink.failed(e.failure());
            return () -> {};
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private final class Running implements Generation {

        private final EchoStream stream;
        private long dueMillis = nowMillis();
        private volatile long tokensLeft;
        private volatile boolean cancelled;

        Running(EchoStream stream) {
            this.stream = stream;
            this.tokensLeft = stream.tokensLeft();
        }

        @Override
        public void cancel() {
            cancelled = true;
            running.remove(this);
        }

        private void turn() {
            if (cancelled || stream.isHanging()) {
                return;
            }
            if (stream.isBehind()) {
                again(BEHIND_PAUSE_MILLIS);
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
                again(stream.tokenMillis());
            } else {
                running.remove(this);
            }
        }

        private void again(long pauseMillis) {
            long now = nowMillis();
            dueMillis = Math.max(dueMillis + pauseMillis, now - CATCH_UP_MILLIS);
            try {
                scheduler.schedule(this::turn, Math.max(0, dueMillis - now), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                cancel();
            }
        }
    }
}
