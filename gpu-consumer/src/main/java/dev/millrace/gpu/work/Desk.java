package dev.millrace.gpu.work;

import dev.millrace.event.CancelWork;
import dev.millrace.event.Chunk;
import dev.millrace.event.EndReason;
import dev.millrace.event.WorkAssigned;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkStarted;
import dev.millrace.event.WorkerReported;
import dev.millrace.gpu.generate.Generator;
import dev.millrace.gpu.generate.Load;
import dev.millrace.reply.RequestId;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a worker's work is taken in, watched and let go. All of it happens on one thread, the desk's: the poller, the
 * generator, the producers and the reader of controls only leave word there.
 */
final class Desk implements Run.Host {

    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

    private final WorkerId worker;
    private final WorkerConfig config;
    private final Generator generator;
    private final ReplyWriter replies;
    private final ReportWriter reports;
    private final LogReader log;
    private final Executor thread;
    private final LongSupplier clockMillis;
    private final Tally tally;
    private final Admission admission;
    private final Reporter reporter;
    private final Bench bench;
    private final EarlyCancels earlyCancels = new EarlyCancels();
    private List<Integer> partitions = List.of();
    private boolean draining;
    private long leaveAtMillis = Long.MAX_VALUE;
    private volatile boolean paused = true;
    private volatile boolean left;

    Desk(
            WorkerId worker,
            WorkerConfig config,
            Generator generator,
            ReplyWriter replies,
            ReportWriter reports,
            LogReader log,
            Executor thread,
            LongSupplier clockMillis,
            Tally tally) {
        this.worker = worker;
        this.config = config;
        this.generator = generator;
        this.replies = replies;
        this.reports = reports;
        this.log = log;
        this.thread = thread;
        this.clockMillis = clockMillis;
        this.tally = tally;
        this.bench = new Bench(generator, config.prefetch(), config.maxHeldBytes());
        this.admission = new Admission(worker.name());
        this.reporter = new Reporter(config, reports, this::report, clockMillis, this::execute);
    }

    /** Whether it takes no more for now. Safe from any thread. */
    boolean isFull() {
        return bench.isFull();
    }

    /** Whether it has left, and nothing more will happen. Safe from any thread. */
    boolean hasLeft() {
        return left;
    }

    /** What it holds, for an operator; safe from any thread. */
    boolean isServing() {
        return !paused;
    }

    void take(WorkAssigned work) {
        Run held = bench.get(work.getRequestId());
        switch (admission.decide(work, draining, clockMillis.getAsLong())) {
            case KNOWN -> LOG.debug("Read again: {} attempt {}", work.getRequestId(), work.getAttempt());
            case REFUSE -> {
                tally.refused();
                tell(ended(work.getRequestId(), work.getWorker(), work.getAttempt(), EndReason.REFUSED, 0, 0));
            }
            case ADMIT -> {
                if (held != null) {
                    held.letGo(null, 0);
                }
                admit(work);
            }
        }
    }

    private void admit(WorkAssigned work) {
        RequestId id = RequestId.parse(work.getRequestId()).orElseThrow();
        Run run = new Run(new Attempt(work, worker.provider()), id, this, replies, log, config.maxPendingBytes());
        bench.add(work.getRequestId(), run);
        tally.admitted(run, clockMillis.getAsLong());
        // Whoever dies of it must be known to have had it. A first attempt has no time to wait for that.
        run.begin(work.getAttempt() > 1 ? reporter.next() : 0);
        CancelWork early = earlyCancels.take(work.getRequestId(), work.getAttempt());
        if (early != null) {
            run.cancel(early.getOutcome(), early.getCause());
        }
    }

    /** An assignment that could not be read, though it says whose it is: the router decides what becomes of it. */
    void refuseUnreadable(String requestId) {
        tally.refused();
        tell(ended(requestId, worker.name(), 0, EndReason.REFUSED, 0, 0));
    }

    void cancel(CancelWork order) {
        Run run = bench.get(order.getRequestId());
        int held = run == null ? 0 : run.attempt().work().getAttempt();
        if (run != null && held == order.getAttempt()) {
            run.cancel(order.getOutcome(), order.getCause());
            reporter.changed();
        } else if (held < order.getAttempt()) {
            earlyCancels.keep(order);
        }
        turn();
    }

    void assigned(List<Integer> ownedPartitions) {
        partitions = List.copyOf(ownedPartitions);
        reporter.changed();
        turn();
    }

    /** Takes nothing new any more; what runs may end, the rest is handed over. */
    void drain(String cause) {
        if (draining) {
            return;
        }
        LOG.info("{} drains: {}", worker.name(), cause);
        draining = true;
        leaveAtMillis = clockMillis.getAsLong() + config.graceMillis();
        reporter.changed();
        for (Run run : bench.all()) {
            if (!run.isRunning()) {
                run.letGo(EndReason.HANDED_OVER, 0);
            }
        }
        turn();
    }

    /** Does what time brings. Called often. */
    void turn() {
        if (left) {
            return;
        }
        reporter.turn();
        boolean held = reporter.holdsLease();
        if (paused == held) {
            paused = !held;
            if (held) {
                LOG.info("{} holds its lease", worker.name());
            } else {
                LOG.warn("{} lost its lease: its reports are not acknowledged", worker.name());
            }
        }
        bench.startWaiting();
        resumeStalled();
        tally.load(generator.load(), freeSlots(), bench.held().size(), held);
        if (draining && (bench.isEmpty() || clockMillis.getAsLong() >= leaveAtMillis)) {
            leave();
        }
    }

    private void leave() {
        for (Run run : bench.all()) {
            run.letGo(EndReason.HANDED_OVER, 0);
        }
        reporter.leave();
        left = true;
        LOG.info("{} left", worker.name());
    }

    private void resumeStalled() {
        if (mayWrite()) {
            bench.resumeStalled();
        }
    }

    @Override
    public void execute(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is closed", worker.name());
        }
    }

    @Override
    public boolean mayWrite() {
        return reporter.holdsLease() && replies.inFlightBytes() < config.maxInFlightBytes();
    }

    @Override
    public boolean hasArrived(long report) {
        return reporter.hasArrived(report);
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public void waits(Run run) {
        bench.await(run);
    }

    @Override
    public void stalls(Run run) {
        bench.stall(run);
    }

    @Override
    public void chunkWritten(Run run, Chunk chunk) {
        tally.chunk(run, chunk, clockMillis.getAsLong());
        Integer prompt = chunk.getPromptTokens();
        if (prompt != null) {
            Integer cached = chunk.getCachedTokens();
            tell(new WorkStarted(
                    chunk.getRequestId(),
                    worker.model(),
                    worker.name(),
                    chunk.getAttempt(),
                    prompt,
                    cached == null ? 0 : cached));
        }
        resumeStalled();
    }

    @Override
    public void ended(Run run, @Nullable EndReason reason, int seenAttempt) {
        WorkAssigned work = run.attempt().work();
        bench.remove(work.getRequestId(), run);
        tally.ended(run, reason == null ? null : reason.name());
        if (reason != null) {
            int tokens = run.attempt().ownTokens();
            tell(ended(work.getRequestId(), worker.name(), work.getAttempt(), reason, seenAttempt, tokens));
        }
        bench.startWaiting();
    }

    private WorkEnded ended(String id, String name, int attempt, EndReason reason, int seenAttempt, int tokens) {
        return new WorkEnded(id, worker.model(), name, attempt, reason, seenAttempt, tokens);
    }

    private void tell(SpecificRecord event) {
        reports.write(worker.model(), event, written -> {
            if (!written) {
                LOG.warn(
                        "{} could not report {}",
                        worker.name(),
                        event.getSchema().getName());
            }
        });
    }

    private int freeSlots() {
        return draining ? 0 : bench.freeSlots();
    }

    private WorkerReported.Builder report() {
        Load load = generator.load();
        return WorkerReported.newBuilder()
                .setWorker(worker.name())
                .setModel(worker.model())
                .setPool(worker.pool())
                .setProvider(worker.provider())
                .setPartitions(partitions)
                .setSlots(load.slots())
                .setFreeSlots(freeSlots())
                .setTokenBacklog(load.tokenBacklog())
                .setKvBlocks(load.kvBlocks())
                .setKvBlocksUsed(load.kvBlocksUsed())
                .setHighestAssignment(admission.highestNumber(clockMillis.getAsLong()))
                .setHeld(bench.held())
                .setDraining(draining);
    }
}
