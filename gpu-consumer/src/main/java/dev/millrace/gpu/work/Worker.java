package dev.millrace.gpu.work;

import dev.millrace.gpu.generate.Daemons;
import dev.millrace.gpu.generate.Generator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker of one pool: a generator and all that surrounds it. */
public final class Worker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long TURN_MILLIS = 20;

    private final WorkerId id;
    private final Generator generator;
    private final ControlReader controls;
    private final ScheduledExecutorService thread;
    private final Desk desk;
    private final WorkPoller poller;

    Worker(WorkerId id, Generator generator, ControlReader controls, Assembly assembly) {
        this.id = id;
        this.generator = generator;
        this.controls = controls;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> Daemons.thread(work, id.name()));
        this.desk = assembly.desk(id, generator, thread);
        this.poller = assembly.poller(id, desk, thread);
    }

    /** Makes the parts, which differ from worker to worker, from those that they share. */
    interface Assembly {

        Desk desk(WorkerId id, Generator generator, ScheduledExecutorService thread);

        WorkPoller poller(WorkerId id, Desk desk, ExecutorService thread);
    }

    void start() throws InterruptedException {
        controls.join(id.name(), desk);
        thread.scheduleWithFixedDelay(this::turn, 0, TURN_MILLIS, TimeUnit.MILLISECONDS);
        poller.start();
        LOG.info("{} serves {} in pool {}", id.name(), id.model(), id.pool());
    }

    private void turn() {
        try {
            desk.turn();
        } catch (RuntimeException e) {
            LOG.error("A turn of {} failed", id.name(), e);
        }
    }

    public String name() {
        return id.name();
    }

    /** Whether its reports arrive, its work is read and it is not on its way out. */
    public boolean isServing() {
        return desk.isServing() && !desk.hasLeft() && poller.isAlive();
    }

    /** Begins to leave; it may take as long as the grace time. */
    public void drain(String cause) {
        desk.execute(() -> desk.drain(cause));
    }

    public boolean hasLeft() {
        return desk.hasLeft();
    }

    /** Stops at once whatever is still there. */
    @Override
    public void close() {
        poller.close();
        controls.leave(id.name());
        thread.shutdown();
        generator.close();
    }
}
