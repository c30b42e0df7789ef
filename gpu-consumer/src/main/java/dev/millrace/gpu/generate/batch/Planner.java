package dev.millrace.gpu.generate.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each step does. Running sequences get their next token first; what room for reading is left goes to
 * prompts; who waits is admitted in turn when the blocks for all that it has to read are there. When blocks
 * run out the youngest gives up its own and reads itself again later, so the oldest always gets to its end.
 */
public final class Planner {

    private static final Comparator<Sequence> BY_TURN =
            Comparator.comparingLong(Sequence::round).thenComparingLong(Sequence::order);

    private final int blockTokens;
    private final int maxBatch;
    private final int readBudget;
    private final BlockPool pool;
    private final TreeSet<Sequence> running = new TreeSet<>(BY_TURN);
    private final TreeSet<Sequence> waiting = new TreeSet<>(BY_TURN);
    private final PlannerCounts counts = new PlannerCounts();

    /**
     * The one after the highest that was admitted: who comes new joins it, however many wait for later ones. Because it goes
     * on with each round, only so many ever join one, and those of the next are reached.
     */
    private long round;

    public Planner(int blocks, int blockTokens, int maxBatch, int readBudget) {
        if (blockTokens < 1 || maxBatch < 1 || readBudget < 1) {
            throw new IllegalArgumentException("blockTokens, maxBatch and readBudget must be positive");
        }
        this.pool = new BlockPool(blocks);
        this.blockTokens = blockTokens;
        this.maxBatch = maxBatch;
        this.readBudget = readBudget;
    }

    /** Takes in a sequence that stands alone. */
    public void add(Sequence sequence) {
        add(sequence, 0);
    }

    /**
     * Takes in one of several sequences of a request. Each has its turn a round after the one before, so that a request of
     * many does not keep all others waiting for the last of them.
     *
     * @param before how many of the same request go first
     */
    public void add(Sequence sequence, int before) {
        if (Sequence.blocksFor(sequence.length(), blockTokens) > pool.total()) {
            throw new IllegalArgumentException("a sequence of " + sequence.length() + " tokens can never fit");
        }
        sequence.joins(round + before);
        waiting.add(sequence);
    }

    /** Lets go of a sequence, whether it is done or no longer wanted. */
    public void end(Sequence sequence) {
        sequence.end();
        waiting.remove(sequence);
        if (running.remove(sequence)) {
            releaseBlocks(sequence);
        }
    }

    /** The next step; empty when there is nothing to do. {@link #ran} must follow once it has run. */
    public Plan plan() {
        boolean preempted = makeRoom();
        if (!preempted) {
            admit();
        }
        List<Sequence> readers = readers();
        int[] granted = Share.of(readBudget, pendingOf(readers));
        List<Plan.Run> runs = new ArrayList<>(running.size());
        int reader = 0;
        for (Sequence sequence : running) {
            int count = sequence.isPaused() ? 0 : isReader(sequence) ? granted[reader++] : 1;
            if (count > 0) {
                boolean last = count == sequence.pending();
                counts.chunks += last ? 0 : 1;
                runs.add(new Plan.Run(sequence, sequence.computed(), count, last));
            }
        }
        return new Plan(runs);
    }

    /** Notes that a plan has run: its tokens are in the cache and full blocks can be shared from now on. */
    public void ran(Plan plan) {
        for (Plan.Run run : plan.runs()) {
            Sequence sequence = run.sequence();
            sequence.advance(run.count());
            for (int i = run.from() / blockTokens; (i + 1) * blockTokens <= run.to(); i++) {
                pool.publish(
                        sequence.block(i),
                        sequence.key(i, blockTokens),
                        i == 0 ? null : sequence.key(i - 1, blockTokens));
            }
        }
    }

    public int running() {
        return running.size();
    }

    public int waiting() {
        return waiting.size();
    }

    public int blocks() {
        return pool.total();
    }

    public int freeBlocks() {
        return pool.free();
    }

    public PlannerCounts counts() {
        return counts;
    }

    /** Gives every running sequence a block for its next token; true if somebody had to give way. */
    private boolean makeRoom() {
        boolean preempted = false;
        for (Sequence sequence : List.copyOf(running)) {
            while (lacksBlock(sequence) && !sequence.isPaused() && running.contains(sequence)) {
                if (pool.free() > 0) {
                    grow(sequence, 1);
                } else {
                    preempt(running.last());
                    preempted = true;
                }
            }
        }
        return preempted;
    }

    private boolean lacksBlock(Sequence sequence) {
        return Sequence.blocksFor(sequence.length(), blockTokens) > sequence.blockCount();
    }

    private void grow(Sequence sequence, int blocks) {
        int after = sequence.blockCount() == 0 ? -1 : sequence.block(sequence.blockCount() - 1);
        for (int block : pool.take(blocks, after)) {
            sequence.addBlock(block);
        }
    }

    private void preempt(Sequence sequence) {
        running.remove(sequence);
        releaseBlocks(sequence);
        waiting.add(sequence);
        counts.preemptions++;
    }

    private void releaseBlocks(Sequence sequence) {
        // The tail first: a prefix without its tail is still of use, a tail without its prefix is not.
        for (int i = sequence.blockCount() - 1; i >= 0; i--) {
            pool.release(sequence.block(i));
        }
        sequence.dropBlocks();
    }

    private void admit() {
        Iterator<Sequence> queue = waiting.iterator();
        while (queue.hasNext() && running.size() < maxBatch && Share.hasRoom(readBudget, pendingOf(readers()))) {
            Sequence sequence = queue.next();
            if (sequence.waitsForElder() || sequence.isPaused()) {
                continue;
            }
            if (!takeBlocks(sequence)) {
                return;
            }
            queue.remove();
            running.add(sequence);
            round = Math.max(round, sequence.round() + 1);
        }
    }

    /** Shares what the cache has of it and takes the rest, or takes nothing. */
    private boolean takeBlocks(Sequence sequence) {
        int cached = sequence.reusesCache() ? shareBlocks(sequence) : 0;
        int missing = Sequence.blocksFor(sequence.length(), blockTokens) - sequence.blockCount();
        // Each running sequence may soon want one more; without that margin admissions and preemptions would alternate.
        int margin = running.size();
        if (pool.free() < missing + margin) {
            releaseBlocks(sequence);
            return false;
        }
        grow(sequence, missing);
        counts.admissions++;
        counts.sharedTokens += cached;
        sequence.admitted(cached);
        return true;
    }

    private int shareBlocks(Sequence sequence) {
        // The last token is always read again: its output chooses the next one.
        int most = (sequence.length() - 1) / blockTokens;
        int shared = 0;
        @Nullable Integer block;
        while (shared < most && (block = pool.hold(sequence.key(shared, blockTokens))) != null) {
            sequence.addBlock(block);
            shared++;
        }
        return shared * blockTokens;
    }

    private List<Sequence> readers() {
        List<Sequence> readers = new ArrayList<>();
        for (Sequence sequence : running) {
            if (isReader(sequence)) {
                readers.add(sequence);
            }
        }
        return readers;
    }

    private static boolean isReader(Sequence sequence) {
        return sequence.pending() > 1 && !sequence.isPaused();
    }

    private static List<Integer> pendingOf(List<Sequence> sequences) {
        return sequences.stream().map(Sequence::pending).toList();
    }
}
