package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.EndReason;
import dev.millrace.event.Finished;
import dev.millrace.event.WorkEnded;
import dev.millrace.event.WorkerReported;
import org.junit.jupiter.api.Test;

final class DrainTest {

    private final Bureau bureau = new Bureau();

    @Test
    void finishesWhatEndsInTimeThenLeaves() {
        String id = bureau.take(1);
        bureau.desk.drain("test");
        bureau.pass(100);
        assertThat(bureau.report().getDraining()).isTrue();
        assertThat(bureau.report().getFreeSlots()).isZero();
        assertThat(bureau.desk.hasLeft()).isFalse();

        bureau.begun().end("stop");
        bureau.settle();
        assertThat(bureau.log.reader(id).end()).isInstanceOf(Finished.class);
        assertThat(bureau.desk.hasLeft()).isTrue();
        assertThat(bureau.report().getLeaving()).isTrue();
        assertThat(bureau.reports.get(bureau.reports.size() - 1)).isInstanceOf(WorkerReported.class);
    }

    @Test
    void handsOverWhatDoesNot() {
        String id = bureau.take(1);
        bureau.desk.drain("test");
        bureau.pass(5000);

        assertThat(bureau.desk.hasLeft()).isTrue();
        assertThat(bureau.generator.cancelled).containsExactly(id);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.HANDED_OVER);
        assertThat(bureau.log.reader(id).end()).isNull();
        assertThat(bureau.report().getLeaving()).isTrue();
        assertThat(bureau.report().getHeld()).isEmpty();

        int reports = bureau.reports.size();
        bureau.pass(5000);
        assertThat(bureau.reports).hasSize(reports);
    }

    @Test
    void handsOverAtOnceWhatHasNotBegun() {
        bureau.generator.slots = 1;
        bureau.take(1);
        String waiting = bureau.take(1);
        bureau.desk.drain("test");
        bureau.settle();

        assertThat(bureau.told(WorkEnded.class)).singleElement().satisfies(ended -> assertThat(ended.getRequestId())
                .isEqualTo(waiting));
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.HANDED_OVER);
    }

    @Test
    void refusesWhatComesLater() {
        bureau.take(1);
        bureau.desk.drain("test");
        bureau.take(1);

        assertThat(bureau.generator.begun).hasSize(1);
        assertThat(bureau.ended().getReason()).isEqualTo(EndReason.REFUSED);
    }

    @Test
    void leavesAtOnceWhereItHoldsNothing() {
        bureau.desk.drain("test");
        bureau.settle();

        assertThat(bureau.desk.hasLeft()).isTrue();
        assertThat(bureau.report().getLeaving()).isTrue();
    }
}
