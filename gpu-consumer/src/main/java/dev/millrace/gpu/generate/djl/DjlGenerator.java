package dev.millrace.gpu.generate.djl;

import dev.millrace.event.Failure;
import dev.millrace.event.RequestKind;
import dev.millrace.gpu.generate.Daemons;
import dev.millrace.gpu.generate.Generation;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Load;
import dev.millrace.gpu.generate.ModelProfile;
import dev.millrace.gpu.generate.Sink;
import dev.millrace.gpu.generate.Task;
import dev.millrace.gpu.generate.batch.Job;
import dev.millrace.gpu.generate.batch.Jobs;
import dev.millrace.gpu.generate.batch.Outlet;
import dev.millrace.gpu.generate.batch.Planner;
import dev.millrace.gpu.generate.batch.PlannerCounts;
import dev.millrace.gpu.generate.batch.Refused;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Qwen and DeepSeek models on one device. Prompts are rendered and tokenized on threads of their own; one more thread
 * owns the device and runs one step after the other for all sequences together.
 */
public final class DjlGenerator implements Generator {

    private static final Logger LOG = LoggerFactory.getLogger(DjlGenerator.class);
    private static final long RETRY_MILLIS = 1000;
    private static final long CLOSE_SECONDS = 30;

    private final ModelProfile profile;
    private final EngineConfig config;
    private final Jobs jobs;
    private final Planner planner;
    private final Loop loop;
    private final Thread thread;
    private final ThreadPoolExecutor preparing;
    private final Runnable release;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicLong unread = new AtomicLong();
    private final AtomicLong arrivals = new AtomicLong();

    /** @param release frees what the model stands on, once nothing runs any more */
    DjlGenerator(ModelProfile profile, EngineConfig config, Jobs jobs, Engine engine, Runnable release) {
        this.profile = profile;
        this.config = config;
        this.jobs = jobs;
        this.release = release;
        EngineShape shape = engine.shape();
        planner = new Planner(shape.blocks(), shape.blockTokens(), config.maxBatch(), config.prefillTokens());
        Rows rows = new Rows(work -> Daemons.thread(work, profile.model() + "-forms"));
        loop = new Loop(engine, planner, rows, slots -> held.addAndGet(-slots));
        preparing = new ThreadPoolExecutor(
                config.preparingThreads(),
                config.preparingThreads(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(2 * config.maxHeld()),
                work -> Daemons.thread(work, profile.model() + "-prompts"));
        thread = Daemons.thread(loop, profile.model() + "-steps");
        thread.start();
    }

    @Override
    public ModelProfile profile() {
        return profile;
    }

    @Override
    public Load load() {
        int free = Math.max(0, config.maxBatch() - held.get());
        long backlog = loop.backlog() + unread.get();
        return new Load(config.maxBatch(), free, backlog, planner.blocks(), loop.usedBlocks());
    }

    /** What the planner has done so far. */
    public PlannerCounts counts() {
        return planner.counts();
    }

    /** Steps run so far. */
    public long steps() {
        return loop.steps();
    }

    @Override
    public Generation start(Task task, Sink sink) {
        Running running = new Running(task, new Outlet(sink));
        if (held.addAndGet(running.weight) - running.weight >= config.maxHeld()) {
            held.addAndGet(-running.weight);
            running.refuse(overloaded());
            return running;
        }
        unread.addAndGet(running.estimate);
        try {
            preparing.execute(running::prepare);
        } catch (RejectedExecutionException e) {
            unread.addAndGet(-running.estimate);
            held.addAndGet(-running.weight);
            running.refuse(overloaded());
        }
        return running;
    }

    private static Failure overloaded() {
        return new Failure(503, "server_error", "overloaded", "The worker is full.", null, RETRY_MILLIS);
    }

    @Override
    public void close() {
        preparing.shutdownNow();
        loop.close();
        try {
            preparing.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("A step of {} does not end; its memory stays taken", profile.model());
        } else {
            release.run();
        }
    }

    /** A task from its acceptance to its end. */
    private final class Running implements Generation {

        private final Task task;
        private final Outlet outlet;
        private final int weight;
        private final long estimate;
        private volatile @Nullable Job job;

        Running(Task task, Outlet outlet) {
            this.task = task;
            this.outlet = outlet;
            boolean embeds = task.request().getFacts().getKind() == RequestKind.EMBEDDING;
            this.weight = embeds ? 1 : Math.max(1, task.request().getSampling().getChoices());
            this.estimate = Math.max(0, task.request().getEstimatedTokens());
        }

        private void refuse(Failure failure) {
            outlet.failed(failure);
        }

        private void prepare() {
            try {
                if (outlet.isClosed()) {
                    held.addAndGet(-weight);
                    return;
                }
                Job made = jobs.of(task, outlet, arrivals.getAndIncrement(), config.maxBatch());
                // Only now is it known how many prompts there are.
                held.addAndGet(made.slots() - weight);
                job = made;
                loop.add(made);
            } catch (Refused e) {
                held.addAndGet(-weight);
                refuse(e.failure());
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                LOG.error("A prompt could not be prepared", e);
                held.addAndGet(-weight);
                refuse(new Failure(500, "server_error", null, "The prompt could not be prepared.", null, null));
            } finally {
                unread.addAndGet(-estimate);
            }
        }

        @Override
        public void cancel() {
            if (!outlet.close()) {
                return;
            }
            // Whoever is still preparing it will find the outlet closed.
            Job made = job;
            if (made != null) {
                loop.cancel(made);
            }
        }
    }
}
