package dev.millrace.gpu.generate.djl;

import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Chosen;
import dev.millrace.gpu.generate.batch.Plan;
import dev.millrace.gpu.generate.batch.Planner;
import dev.millrace.gpu.generate.batch.Row;
import dev.millrace.gpu.generate.batch.Sequence;
import dev.millrace.gpu.generate.djl.Seats.Seat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One step after the other: what is planned and can be chosen runs, and whom it is for is told. */
final class Stepper {

    private static final Logger LOG = LoggerFactory.getLogger(Stepper.class);

    private final Engine engine;
    private final Planner planner;
    private final Rows rows;
    private final Seats seats;
    private volatile long steps;

    Stepper(Engine engine, Planner planner, Rows rows, Seats seats) {
        this.engine = engine;
        this.planner = planner;
        this.rows = rows;
        this.seats = seats;
    }

    /** Steps run so far. */
    long steps() {
        return steps;
    }

    /** Runs the next step; false where nobody is ready for one. */
    boolean step() throws InterruptedException {
        seats.pauseThoseBehind();
        Plan plan = planner.plan();
        Map<Sequence, Row> known = rowsOf(plan);
        List<Plan.Run> ready =
                plan.runs().stream().filter(run -> isReady(run, known)).toList();
        if (ready.isEmpty()) {
            return false;
        }
        run(new Plan(ready), known);
        return true;
    }

    /**
     * How the next tokens are to be chosen, of all of which that is known already. A choice of which it cannot be told ends
     * its own task and nobody else's.
     */
    private Map<Sequence, Row> rowsOf(Plan plan) throws InterruptedException {
        for (Plan.Run run : plan.runs()) {
            Chooser chooser = chooserOf(run);
            if (chooser != null) {
                rows.ask(run.sequence(), chooser);
            }
        }
        Map<Sequence, Row> known = new HashMap<>();
        for (Plan.Run run : plan.runs()) {
            Seat seat = seats.of(run.sequence());
            if (seat != null && chooserOf(run) != null) {
                take(run.sequence(), seat, known);
            }
        }
        return known;
    }

    private void take(Sequence sequence, Seat seat, Map<Sequence, Row> known) throws InterruptedException {
        try {
            Row row = rows.take(sequence);
            if (row != null) {
                known.put(sequence, row);
            }
        } catch (ExecutionException e) {
            LOG.error("What may come next could not be told", e.getCause());
            seats.fail(seat.job());
        }
    }

    /** Null where it draws nothing: in the middle of what there is to read, for an embedding, for nobody. */
    private @Nullable Chooser chooserOf(Plan.Run run) {
        Seat seat = seats.of(run.sequence());
        return seat != null && run.last() ? seat.lane().chooser() : null;
    }

    private boolean isReady(Plan.Run run, Map<Sequence, Row> known) {
        return seats.of(run.sequence()) != null && (chooserOf(run) == null || known.containsKey(run.sequence()));
    }

    private void run(Plan plan, Map<Sequence, Row> known) {
        List<Seat> seated = plan.runs().stream().map(this::seatOf).toList();
        Chosen[] chosen;
        try {
            Batch batch = new Batch(plan, seated.stream().map(Seat::lane).toList(), known, engine.shape());
            chosen = batch.read(engine.step(batch.step()));
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("A step of {} sequences failed", plan.runs().size(), e);
            blame(plan, known);
            return;
        }
        steps++;
        planner.ran(plan);
        for (int i = 0; i < chosen.length; i++) {
            if (plan.runs().get(i).last()) {
                seats.tell(seated.get(i), chosen[i]);
            }
        }
    }

    /** Each that was in a step that failed runs alone, so that whoever made it fail takes nobody along. */
    private void blame(Plan plan, Map<Sequence, Row> known) {
        if (plan.runs().size() == 1) {
            seats.fail(seatOf(plan.runs().get(0)).job());
            return;
        }
        for (Plan.Run run : plan.runs()) {
            if (seats.of(run.sequence()) != null) {
                run(new Plan(List.of(run)), known);
            }
        }
    }

    private Seat seatOf(Plan.Run run) {
        Seat seat = seats.of(run.sequence());
        if (seat == null) {
            throw new IllegalStateException("a sequence that nobody listens to");
        }
        return seat;
    }
}
