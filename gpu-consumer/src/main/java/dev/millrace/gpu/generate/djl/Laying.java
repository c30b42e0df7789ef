package dev.millrace.gpu.generate.djl;

import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights follow who uses them, a part of the model before each step, or some parts before one that takes long in
 * any case. Nobody waits for that and any mixture of the two layouts gives the same answers, so where a move fails, for
 * want of memory perhaps, they stay as they lie.
 */
final class Laying {

    private static final Logger LOG = LoggerFactory.getLogger(Laying.class);

    private final long movable;
    private final ToLongFunction<String> mover;
    private final Leaning leaning = new Leaning();
    private long inColumns;
    private boolean stays;

    /**
     * @param movable how many matrices can be laid anew
     * @param mover moves some of them, by the name of the model's method, and tells how many lie in columns then
     */
    Laying(long movable, ToLongFunction<String> mover) {
        this.movable = movable;
        this.mover = mover;
    }

    /** How many matrices are laid for one or two rows. */
    long inColumns() {
        return inColumns;
    }

    /** A step is about to be made. */
    void before(Step step) {
        if (movable == 0 || stays) {
            return;
        }
        long streams =
                step.spans().stream().filter(span -> span.tokens().length == 1).count();
        leaning.saw(
                step.spans().stream().mapToLong(span -> span.tokens().length).sum(), streams);
        if (leaning.toColumns() && inColumns < movable) {
            move("to_columns");
        }
        for (long part = 0; part < Leaning.weight(streams) && leaning.fromColumns() && mayMoveBack(); part++) {
            move("from_columns");
        }
    }

    private boolean mayMoveBack() {
        return inColumns > 0 && !stays;
    }

    private void move(String where) {
        try {
            inColumns = mover.applyAsLong(where);
        } catch (RuntimeException e) {
            LOG.warn("The weights could not be laid anew and stay as they lie", e);
            stays = true;
        }
    }
}
