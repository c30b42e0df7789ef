package dev.millrace.gpu.generate.djl;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.batch.Choice;
import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Embedding;
import dev.millrace.gpu.generate.batch.Job;
import dev.millrace.gpu.generate.batch.Lane;
import dev.millrace.gpu.generate.batch.Plan;
import dev.millrace.gpu.generate.batch.Planner;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.Sequence;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that owns an engine: take in, plan, one step, tell, and again. */
final class Loop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final long PAUSE_MILLIS = 5;

    /** So many steps leave enough behind for it to be worth giving back. */
    private static final long STEPS_BEFORE_REST = 1000;

    private final Engine engine;
    private final Planner planner;
    private final Rows rows;
    private final IntConsumer freed;
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final Set<Job> jobs = new LinkedHashSet<>();
    private final Map<Sequence, Seat> seats = new HashMap<>();
    /** Tokens of the jobs that wait to be taken in. */
    private final AtomicLong arriving = new AtomicLong();

    private long arrived;
    private long restedAfter;
    private volatile boolean closed;
    private volatile long backlog;
    private volatile long steps;
    private volatile int usedBlocks;

    /** Whom a sequence runs for. */
    private record Seat(Job job, Lane lane) {}

    /** @param freed hears of slots that jobs do not need any more */
    Loop(Engine engine, Planner planner, Rows rows, IntConsumer freed) {
        this.engine = engine;
        this.planner = planner;
        this.rows = rows;
        this.freed = freed;
    }

    void add(Job job) {
        long tokens = job.backlog();
        arriving.addAndGet(tokens);
        inbox.add(() -> {
            arrived += tokens;
            takeIn(job);
        });
    }

    void cancel(Job job) {
        inbox.add(() -> letGo(job));
    }

    void close() {
        closed = true;
        inbox.add(() -> {});
    }

    /** Tokens yet to be read or written, those of jobs that wait to be taken in among them. */
    long backlog() {
        return backlog + arriving.get();
    }

    long steps() {
        return steps;
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
                turn();
                tellLoad();
            } catch (InterruptedException e) {
                closed = true;
            } catch (RuntimeException | Error e) {
                // A thread that died unheard would leave everybody waiting.
                LOG.error("A turn failed", e);
                List.copyOf(jobs).forEach(this::fail);
            }
        }
        rows.close();
        jobs.forEach(job -> job.outlet().close());
    }

    private void takeAll() throws InterruptedException {
        for (Runnable next = inbox.poll(); next != null; next = inbox.poll()) {
            next.run();
        }
        tellLoad();
        if (jobs.isEmpty() && !closed) {
            rest();
            inbox.take().run();
            tellLoad();
        }
    }

    private void rest() {
        if (steps - restedAfter >= STEPS_BEFORE_REST && inbox.isEmpty()) {
            restedAfter = steps;
            engine.rest();
        }
    }

    private void turn() throws InterruptedException {
        for (Job job : jobs) {
            job.pause(job.outlet().isBehind());
        }
        Plan plan = planner.plan();
        if (plan.isEmpty()) {
            waitABit();
            return;
        }
        Map<Sequence, Row> drawn = rowsOf(plan);
        List<Plan.Run> ready = plan.runs().stream()
                .filter(run -> drawn.containsKey(run.sequence()) || !draws(run) && seats.containsKey(run.sequence()))
                .toList();
        if (ready.isEmpty()) {
            waitABit();
        } else {
            step(new Plan(ready), drawn);
        }
    }

    /**
     * How the next tokens are to be chosen, of all of which that is known already. A choice of which it cannot be told ends
     * its own task and nobody else's.
     */
    private Map<Sequence, Row> rowsOf(Plan plan) throws InterruptedException {
        List<Plan.Run> drawing = plan.runs().stream().filter(this::draws).toList();
        Map<Sequence, Row> known = new HashMap<>();
        drawing.forEach(this::ask);
        for (Plan.Run run : drawing) {
            Seat seat = seats.get(run.sequence());
            try {
                Row row = seat == null ? null : rows.take(run.sequence());
                if (row != null) {
                    known.put(run.sequence(), row);
                }
            } catch (ExecutionException e) {
                LOG.error("What may come next could not be told", e.getCause());
                fail(seatOf(run).job());
            }
        }
        known.keySet().retainAll(seats.keySet());
        return known;
    }

    private boolean draws(Plan.Run run) {
        Seat seat = seats.get(run.sequence());
        return run.last() && seat != null && seat.lane().chooser() != null;
    }

    private void ask(Plan.Run run) {
        Chooser chooser = seatOf(run).lane().chooser();
        if (chooser != null) {
            rows.ask(run.sequence(), chooser);
        }
    }

    private void step(Plan plan, Map<Sequence, Row> drawn) {
        List<Seat> seated = plan.runs().stream().map(this::seatOf).toList();
        Chosen[] chosen;
        try {
            Batch batch = new Batch(plan, seated.stream().map(Seat::lane).toList(), drawn, engine.shape());
            chosen = batch.read(engine.step(batch.step()));
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("A step of {} sequences failed", plan.runs().size(), e);
            seated.stream().map(Seat::job).distinct().forEach(this::fail);
            return;
        }
        steps++;
        planner.ran(plan);
        for (int i = 0; i < chosen.length; i++) {
            if (plan.runs().get(i).last()) {
                tell(seated.get(i), chosen[i]);
            }
        }
    }

    private Seat seatOf(Plan.Run run) {
        Seat seat = seats.get(run.sequence());
        if (seat == null) {
            throw new IllegalStateException("a sequence that nobody listens to");
        }
        return seat;
    }

    private void waitABit() throws InterruptedException {
        if (jobs.isEmpty()) {
            return;
        }
        Runnable next = inbox.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
            next.run();
            tellLoad();
        }
    }

    private void tell(Seat seat, @Nullable Chosen chosen) {
        Job job = seat.job();
        Lane lane = seat.lane();
        if (!jobs.contains(job)) {
            return;
        }
        try {
            if (lane.embedding() != null) {
                tellEmbedding(job, lane, lane.embedding());
            } else if (lane.choice() != null && lane.chooser() != null) {
                tellToken(job, lane, lane.choice(), lane.chooser(), chosen);
            }
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            LOG.error("What a model said could not be passed on", e);
            fail(job);
        }
    }

    private void tellToken(Job job, Lane lane, Choice choice, Chooser chooser, @Nullable Chosen chosen) {
        if (chosen == null) {
            throw new IllegalStateException("nothing was drawn for a sequence that was to draw");
        }
        choice.push(chosen);
        if (choice.isFinished()) {
            planner.end(lane.sequence());
            job.close(lane);
        } else {
            chooser.advance(chosen.token());
            lane.sequence().append(chosen.token());
        }
        job.say(lane, choice.take());
        endIfDone(job);
    }

    private void tellEmbedding(Job job, Lane lane, Embedding embedding) {
        Piece piece =
                new Piece(lane.index(), "", "", List.of(), List.of(), 0, null, null, "stop", null, embedding.vector());
        planner.end(lane.sequence());
        job.close(lane);
        job.say(lane, List.of(piece));
        endIfDone(job);
    }

    private void takeIn(Job job) {
        if (job.outlet().isClosed()) {
            freeAll(job);
            return;
        }
        jobs.add(job);
        try {
            job.begin();
            int before = 0;
            for (Lane lane : job.lanes()) {
                if (job.isOpen(lane)) {
                    seats.put(lane.sequence(), new Seat(job, lane));
                    planner.add(lane.sequence(), before++);
                }
            }
            endIfDone(job);
        } catch (RuntimeException e) {
            LOG.error("A task could not be taken in", e);
            fail(job);
        }
    }

    private void endIfDone(Job job) {
        freed.accept(job.freeSlots());
        if (job.isDone()) {
            letGo(job);
            job.outlet().finished();
        }
    }

    /** Its room is free before anybody hears of it, and whoever hears cannot keep the loop from going on. */
    private void fail(Job job) {
        letGo(job);
        try {
            job.outlet().failed(new Failure(500, "server_error", "engine_failed", "The model failed.", null, null));
        } catch (RuntimeException e) {
            LOG.error("A failure could not be passed on", e);
        }
    }

    private void letGo(Job job) {
        if (!jobs.remove(job)) {
            return;
        }
        for (Lane lane : job.lanes()) {
            planner.end(lane.sequence());
            seats.remove(lane.sequence());
            rows.forget(lane.sequence());
        }
        freeAll(job);
    }

    private void freeAll(Job job) {
        job.end();
        freed.accept(job.freeSlots());
    }

    private void tellLoad() {
        long tokens = 0;
        for (Job job : jobs) {
            tokens += job.backlog();
        }
        backlog = tokens;
        arriving.addAndGet(-arrived);
        arrived = 0;
        usedBlocks = planner.blocks() - planner.freeBlocks();
    }
}
