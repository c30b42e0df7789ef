package dev.millrace.gpu.generate.djl;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Failure;
import dev.millrace.gpu.generate.Daemons;
import dev.millrace.gpu.generate.Piece;
import dev.millrace.gpu.generate.Sink;
import dev.millrace.gpu.generate.batch.Chooser;
import dev.millrace.gpu.generate.batch.Embedding;
import dev.millrace.gpu.generate.batch.Job;
import dev.millrace.gpu.generate.batch.Lane;
import dev.millrace.gpu.generate.batch.Outlet;
import dev.millrace.gpu.generate.batch.Plan;
import dev.millrace.gpu.generate.batch.Planner;
import dev.millrace.gpu.generate.batch.Pooling;
import dev.millrace.gpu.generate.batch.SamplingRule;
import dev.millrace.gpu.generate.batch.Sequence;
import dev.millrace.gpu.generate.djl.Seats.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs of short texts, whose vectors are what a step brings. */
class SeatsTest {

    private static final int BLOCKS = 16;

    private final Planner planner = new Planner(BLOCKS, 4, 8, 64);
    private final Rows rows = new Rows(work -> Daemons.thread(work, "seats-test"));
    private final AtomicInteger freed = new AtomicInteger();
    private final Seats seats = new Seats(planner, rows, freed::addAndGet);
    private int order;

    @AfterEach
    void close() {
        rows.close();
    }

    private Job job(Outlet outlet, int texts) {
        List<Lane> lanes = new ArrayList<>();
        for (int text = 0; text < texts; text++) {
            order++;
            int[] tokens = IntStream.of(1, 2, 3, 4, order).toArray();
            Sequence sequence = new Sequence(order, tokens, tokens.length, false, null);
            lanes.add(new Lane(text, text, sequence, null, null, new Embedding(Pooling.LAST, 2)));
        }
        return new Job(outlet, lanes, 5 * texts, texts);
    }

    /** Lets all that are seated be read, and tells no one. */
    private void read() {
        Plan plan = planner.plan();
        planner.ran(plan);
        for (Plan.Run run : plan.runs()) {
            Embedding embedding = seatOf(run.sequence()).lane().embedding();
            requireNonNull(embedding).add(run.from(), new float[2 * run.count()], 0, run.count(), 2);
        }
    }

    private Seat seatOf(Sequence sequence) {
        return requireNonNull(seats.of(sequence));
    }

    private Seat seatOf(Job job, int lane) {
        return seatOf(job.lanes().get(lane).sequence());
    }

    private static final class Broken implements Sink {

        @Override
        public void piece(Piece piece) {
            throw new IllegalStateException("nobody listens");
        }

        @Override
        public void finished() {}

        @Override
        public void failed(Failure failure) {
            throw new IllegalStateException("nobody listens to that either");
        }
    }

    @Test
    void whatNobodyWantsAnyMoreTakesNoSeat() {
        Outlet outlet = new Outlet(new Heard());
        outlet.close();
        seats.takeIn(job(outlet, 3));
        assertThat(seats.isEmpty()).isTrue();
        assertThat(freed).hasValue(3);
        assertThat(planner.plan().isEmpty()).isTrue();
    }

    @Test
    void aLaneThatIsDoneMakesRoomAndTheLastOneEndsItsJob() {
        Heard heard = new Heard();
        Job job = job(new Outlet(heard), 2);
        seats.takeIn(job);
        assertThat(seats.backlog()).isEqualTo(10);
        Seat first = seatOf(job, 0);
        Seat second = seatOf(job, 1);
        read();
        int taken = BLOCKS - planner.freeBlocks();

        seats.tell(first, null);
        assertThat(BLOCKS - planner.freeBlocks()).isEqualTo(taken / 2);
        assertThat(freed).hasValue(1);
        assertThat(heard.isEnded()).isFalse();

        seats.tell(second, null);
        assertThat(planner.freeBlocks()).isEqualTo(BLOCKS);
        assertThat(freed).hasValue(2);
        assertThat(seats.isEmpty()).isTrue();
        assertThat(seats.of(first.lane().sequence())).isNull();
        assertThat(heard.awaitFinished().pieces).hasSize(2);
    }

    @Test
    void aSinkThatThrowsLosesTheSeatsOfItsJobAndNoOthers() {
        Job broken = job(new Outlet(new Broken()), 2);
        Heard heard = new Heard();
        Job sound = job(new Outlet(heard), 1);
        seats.takeIn(broken);
        seats.takeIn(sound);
        Seat lost = seatOf(broken, 1);
        read();
        seats.tell(seatOf(broken, 0), null);
        assertThat(seats.of(lost.lane().sequence())).isNull();
        assertThat(freed).hasValue(2);

        seats.tell(lost, null);
        seats.tell(seatOf(sound, 0), null);
        heard.awaitFinished();
        assertThat(freed).hasValue(3);
        assertThat(planner.freeBlocks()).isEqualTo(BLOCKS);
    }

    @Test
    void roomIsFreeBeforeAFailureIsHeardOf() {
        AtomicInteger freeThen = new AtomicInteger();
        Job job = job(
                new Outlet(new Sink() {
                    @Override
                    public void piece(Piece piece) {}

                    @Override
                    public void finished() {}

                    @Override
                    public void failed(Failure failure) {
                        freeThen.set(planner.freeBlocks());
                    }
                }),
                2);
        seats.takeIn(job);
        read();
        seats.failAll();
        assertThat(freeThen).hasValue(BLOCKS);
        assertThat(freed).hasValue(2);
    }

    @Test
    void whoIsLetGoOfTwiceGivesBackHisSlotsOnceAndHearsNoEnd() {
        Heard heard = new Heard();
        Job job = job(new Outlet(heard), 2);
        seats.takeIn(job);
        seats.letGo(job);
        seats.letGo(job);
        assertThat(freed).hasValue(2);
        assertThat(seats.backlog()).isZero();
        assertThat(heard.isEnded()).isFalse();
    }

    @Test
    void whoIsLetGoOfIsNotChosenForAnyMore() throws Exception {
        Job job = job(new Outlet(new Heard()), 1);
        Sequence sequence = job.lanes().get(0).sequence();
        Chooser chooser = new Chooser(SamplingRule.greedy(), 0, new int[] {1}, Set.of(), null, 10);
        seats.takeIn(job);
        rows.ask(sequence, chooser);
        seats.letGo(job);
        assertThat(rows.take(sequence)).isNull();
    }

    @Test
    void whoseSinkIsBehindIsSparedHisSteps() {
        Heard slow = new Heard();
        slow.behind = true;
        Job waiting = job(new Outlet(slow), 1);
        Job other = job(new Outlet(new Heard()), 1);
        seats.takeIn(waiting);
        seats.takeIn(other);
        seats.pauseThoseBehind();
        assertThat(planner.plan().runs())
                .extracting(Plan.Run::sequence)
                .containsExactly(other.lanes().get(0).sequence());
        slow.behind = false;
        seats.pauseThoseBehind();
        assertThat(planner.plan().runs()).hasSize(2);
    }
}
