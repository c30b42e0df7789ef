package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Job;
import dev.millrace.gpu.generate.batch.Planner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that owns an engine: take in, one step, tell the load, and again. */
final class Loop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long PAUSE_MILLIS = 5;

    /** So many steps leave enough behind for it to be worth giving back. */
    private static final long STEPS_BEFORE_REST = 1000;

    private final Engine engine;
    private final Planner planner;
    private final Rows rows;
    private final Seats seats;
    private final Stepper stepper;
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final Backlog backlog = new Backlog();

    private long restedAfter;
    private volatile boolean closed;
    private volatile int usedBlocks;

    /** @param freed hears of slots that jobs do not need any more */
    Loop(Engine engine, Planner planner, Rows rows, IntConsumer freed) {
        this.engine = engine;
        this.planner = planner;
        this.rows = rows;
        seats = new Seats(planner, rows, freed);
        stepper = new Stepper(engine, planner, rows, seats);
    }

    void add(Job job) {
        long tokens = job.backlog();
        backlog.arrives(tokens);
        inbox.add(() -> {
            backlog.arrived(tokens);
            seats.takeIn(job);
        });
    }

    void cancel(Job job) {
        inbox.add(() -> seats.letGo(job));
    }

    void close() {
        closed = true;
        inbox.add(() -> {});
    }

    /** Tokens yet to be read or written, those of jobs that wait to be taken in among them. */
    long backlog() {
        return backlog.tokens();
    }

    long steps() {
        return stepper.steps();
    }

    int usedBlocks() {
        return usedBlocks;
    }

    @Override
    public void run() {
        engine.settle();
        while (!closed) {
            try {
                takeAll();
                if (!stepper.step()) {
                    waitABit();
                }
                tellLoad();
            } catch (InterruptedException e) {
                closed = true;
            } catch (RuntimeException | Error e) {
                // A thread that died unheard would leave everybody waiting.
                LOG.error("A turn failed", e);
                seats.failAll();
            }
        }
        rows.close();
        seats.close();
    }

    private void takeAll() throws InterruptedException {
        for (Runnable next = inbox.poll(); next != null; next = inbox.poll()) {
            next.run();
        }
        tellLoad();
        if (seats.isEmpty() && !closed) {
            prepare();
            rest();
            inbox.take().run();
            tellLoad();
        }
    }

    private void prepare() {
        boolean more = true;
        while (more && inbox.isEmpty()) {
            more = engine.prepare();
        }
    }

    private void rest() {
        if (stepper.steps() - restedAfter >= STEPS_BEFORE_REST && inbox.isEmpty()) {
            restedAfter = stepper.steps();
            engine.rest();
        }
    }

    private void waitABit() throws InterruptedException {
        if (seats.isEmpty()) {
            return;
        }
        Runnable next = inbox.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
            next.run();
            tellLoad();
        }
    }

    private void tellLoad() {
        backlog.tell(seats.backlog());
        usedBlocks = planner.blocks() - planner.freeBlocks();
    }
}
