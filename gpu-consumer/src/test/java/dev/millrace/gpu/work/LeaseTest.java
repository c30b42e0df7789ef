package dev.millrace.gpu.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.event.Chunk;
import dev.millrace.event.WorkerReported;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LeaseTest {

    private final Bureau bureau = new Bureau();

    @Test
    void countsFromTheSendingOfTheLastReportThatWasAcknowledged() {
        Lease lease = new Lease(2000);
        assertThat(lease.isHeld(0)).isFalse();
        lease.acknowledged(100);
        lease.acknowledged(50);
        assertThat(lease.isHeld(2099)).isTrue();
        assertThat(lease.isHeld(2100)).isFalse();
    }

    @Test
    void nothingIsWrittenPastItUntilReportsAreAcknowledgedAgain() {
        bureau.take(1);
        bureau.brokersAnswer = false;
        bureau.nowMillis += 2000;
        bureau.begun().sayFirst("a ", 11, 5);
        bureau.settle();
        bureau.begun().say("b", 12);
        bureau.settle();

        assertThat(bureau.log.all(Chunk.class)).isEmpty();
        assertThat(bureau.begun().sink().isBehind()).isTrue();
        assertThat(bureau.desk.isServing()).isFalse();

        bureau.brokersAnswer = true;
        bureau.pass(400);
        assertThat(bureau.log.all(Chunk.class)).extracting(Chunk::getText).containsExactly("a b");
        assertThat(bureau.begun().sink().isBehind()).isFalse();
    }

    @Test
    void oldReportsDoNotPileUpWhileBrokersAreAway() {
        bureau.brokersAnswer = false;
        bureau.pass(60_000);
        bureau.brokersAnswer = true;
        int before = bureau.told(WorkerReported.class).size();
        bureau.pass(400);

        assertThat(bureau.told(WorkerReported.class)).hasSize(before);
    }

    @Test
    void reportsWhatIsHeldAndHowMuchRoomThereIs() {
        String id = bureau.take(1);
        bureau.begun().sayFirst("a", 11, 5);
        bureau.pass(400);
        WorkerReported report = bureau.report();

        assertThat(report.getPartitions()).containsExactly(0, 1);
        assertThat(report.getSlots()).isEqualTo(8);
        assertThat(report.getFreeSlots()).isEqualTo(7);
        assertThat(report.getHighestAssignment()).isEqualTo(1);
        assertThat(report.getTokenBacklog()).isEqualTo(42);
        assertThat(report.getKvBlocksUsed()).isEqualTo(3);
        assertThat(report.getHeld()).hasSize(1);
        assertThat(report.getHeld().get(0).getRequestId()).isEqualTo(id);
        assertThat(report.getHeld().get(0).getOutputTokens()).isEqualTo(1);
    }

    @Test
    void reportsEveryIntervalAndAtOnceWhereSomethingChanged() {
        int before = bureau.told(WorkerReported.class).size();
        bureau.pass(2000);
        assertThat(bureau.told(WorkerReported.class)).hasSize(before + 5);

        bureau.desk.assigned(List.of(3));
        bureau.pass(50);
        assertThat(bureau.told(WorkerReported.class)).hasSize(before + 6);
        assertThat(bureau.report().getPartitions()).containsExactly(3);
    }
}
